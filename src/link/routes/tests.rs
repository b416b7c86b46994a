//! Small applications, and every endpoint that is found in them.

use std::path::PathBuf;

use crate::config::Assume;
use crate::facts::{Drafts, read, routes};
use crate::link::link_with_routes;
use crate::link::orm::OrmFacts;
use crate::source::{FileId, SourceFile, Sources};
use crate::stack::Fact;

/// The endpoints of the one service that these files start by this command: a line each.
fn endpoints(command: &str, files: &[(&str, &str)]) -> Vec<String> {
    let image = format!("FROM python:3.13\nWORKDIR /app\nCOPY . .\nCMD {command}\n");
    let mut all: Vec<(&str, &str)> = files.to_vec();
    all.push(("Dockerfile", &image));
    all.sort();
    let file =
        |(at, (path, text)): (usize, &(&str, &str))| SourceFile::new(FileId(at as u32), *path, PathBuf::new(), *text);
    let sources = Sources::new(all.iter().enumerate().map(file).collect());
    let readings: Vec<_> = sources.iter().map(|file| std::sync::Arc::new(read(file))).collect();
    let said: Vec<_> = sources.iter().filter_map(routes::read).collect();
    let linked = link_with_routes(&sources, &Drafts(&readings), &OrmFacts::default(), &Assume::default(), &said);
    assert!(linked.problems.is_empty(), "{:?}", linked.problems);
    let all = linked.stacks.iter().flat_map(|stack| &stack.endpoints);
    let line = |it: &crate::stack::vocabulary::Endpoint| {
        let login = match &it.login {
            Fact::Known(said) if said.value => " login",
            Fact::Known(_) => "",
            _ => " login?",
        };
        let params = it.parameters.known().map_or_else(String::new, |it| format!(" ({it})"));
        format!("{}{params} {}{login}", it.about.name, it.handler.known().map_or("-", |it| it))
    };
    all.map(line).collect()
}

const SETTINGS: &str = "INSTALLED_APPS = []\nROOT_URLCONF = 'shop.urls'\nDATABASES = {}\nREST_FRAMEWORK = {'DEFAULT_PERMISSION_CLASSES': ['rest_framework.permissions.IsAuthenticated']}\n";
const WSGI: &str = "import os\nfrom django.core.wsgi import get_wsgi_application\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\napplication = get_wsgi_application()\n";

fn django(files: &[(&str, &str)]) -> Vec<String> {
    let mut all = vec![("shop/settings.py", SETTINGS), ("shop/wsgi.py", WSGI), ("shop/__init__.py", "")];
    all.extend_from_slice(files);
    endpoints("gunicorn shop.wsgi:application", &all)
}

#[test]
fn django_views_by_path_and_pattern() {
    let urls = r#"
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.urls import include, path, re_path
from django.views.generic import TemplateView
from . import views

app_name = "shop"
urlpatterns = [
    path("", TemplateView.as_view(template_name="a.html")),
    path("admin/", admin.site.urls),
    path("orders/<int:pk>/", login_required(views.order), name="order"),
    re_path(r"^feed/(?P<year>[0-9]{4})/$", views.feed),
    path("api/", include(("shop.api", "api"), namespace="v1")),
    path("accounts/", include("allauth.urls")),
    path("mine/", include([path("old/", views.Old.as_view())])),
]
if settings.DEBUG:
    urlpatterns += [path("debug/", views.feed)]
urlpatterns += [path("pay/", views.pay)]
"#;
    let views = r#"
from django.contrib.auth.mixins import LoginRequiredMixin
from django.views import View
from django.views.decorators.http import require_POST

def order(request, pk):
    if request.method == "POST":
        return save(pk)

def feed(request, year):
    return year

@require_POST
def pay(request):
    return 1

class Old(LoginRequiredMixin, View):
    def get(self, request):
        return 1
    def delete(self, request):
        return 1
"#;
    let api = "from django.urls import path\nfrom .views import feed\nurlpatterns = [path('feed/', feed)]\n";
    let found = django(&[("shop/urls.py", urls), ("shop/views.py", views), ("shop/api.py", api)]);
    assert_eq!(
        found,
        [
            "GET / TemplateView",
            "? /accounts/ allauth.urls",
            "? /admin/ django.contrib.admin.site",
            "GET /api/feed/ feed",
            "GET /feed/{year}/ (year: [0-9]{4}) feed",
            "GET /mine/old/ Old.get login",
            "DELETE /mine/old/ Old.delete login",
            "GET /orders/{pk}/ (pk: int) order login",
            "POST /orders/{pk}/ (pk: int) order login",
            "POST /pay/ pay",
        ]
    );
}

#[test]
fn django_rest_framework() {
    let urls = r#"
from django.urls import include, path
from rest_framework.routers import DefaultRouter, SimpleRouter
from rest_framework_nested import routers
from .views import BookViewSet, AuthorViewSet, Login, health

router = SimpleRouter()
router.register("authors", AuthorViewSet, basename="author")
books = routers.NestedSimpleRouter(router, "authors", lookup="author")
books.register(r"books", BookViewSet)
urlpatterns = [
    path("api/", include(router.urls)),
    path("api/", include(books.urls)),
    path("login/", Login.as_view()),
    path("health/", health),
    path("one/", BookViewSet.as_view({"get": "list"})),
]
"#;
    let views = r#"
from rest_framework import generics, mixins, permissions, viewsets
from rest_framework.decorators import action, api_view, permission_classes
from rest_framework.views import APIView

class AuthorViewSet(viewsets.ModelViewSet):
    http_method_names = ["get", "post"]
    lookup_field = "slug"
    permission_classes = [permissions.IsAuthenticatedOrReadOnly]

    @action(detail=True, methods=["post"], url_path="follow-me", permission_classes=[permissions.AllowAny])
    def follow(self, request, slug=None):
        return 1

class BookViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    pass

class Login(APIView):
    permission_classes = []
    def post(self, request):
        return 1

@api_view(["GET"])
@permission_classes([permissions.AllowAny])
def health(request):
    return 1
"#;
    let found = django(&[("shop/urls.py", urls), ("shop/views.py", views)]);
    assert_eq!(
        found,
        [
            "GET /api/authors/ AuthorViewSet.list",
            "POST /api/authors/ AuthorViewSet.create login",
            "GET /api/authors/{author_slug}/books/ (author_slug) BookViewSet.list login",
            "GET /api/authors/{slug}/ (slug) AuthorViewSet.retrieve",
            "POST /api/authors/{slug}/follow-me/ (slug) AuthorViewSet.follow",
            "GET /health/ health",
            "POST /login/ Login.post",
            "GET /one/ BookViewSet.list login",
        ]
    );
}

#[test]
fn fastapi_routers_with_settings() {
    let main = r#"
from fastapi import Depends, FastAPI
from fastapi.staticfiles import StaticFiles
from app.api import api_router
from app.config import settings
from app.deps import get_current_user
from app import admin

app = FastAPI()
app.include_router(api_router, prefix=settings.API_V1)
app.include_router(admin.router, prefix=f"{settings.API_V1}/admin", dependencies=[Depends(get_current_user)])
app.mount("/static", StaticFiles(directory="static"))

@app.get("/health")
async def health():
    return {}
"#;
    let api = "from fastapi import APIRouter\nfrom app.users import router as users\n\napi_router = APIRouter()\napi_router.include_router(users, tags=['users'])\n";
    let users = r#"
from typing import Annotated
from fastapi import APIRouter, Depends
from app.deps import CurrentUser

router = APIRouter(prefix="/users")

@router.get("/{user_id}")
async def read(user_id: int, user: CurrentUser):
    return user_id

@router.api_route("", methods=["POST", "PUT"])
@router.post(path="/again")
async def write():
    return 1

@router.websocket("/live")
async def live(socket):
    return 1
"#;
    let admin =
        "from fastapi import APIRouter\nrouter = APIRouter()\n\n@router.delete('/all')\ndef clear():\n    pass\n";
    let config = "from pydantic_settings import BaseSettings\n\nclass Settings(BaseSettings):\n    API_V1: str = '/api/v1'\n\nsettings = Settings()\n";
    let deps = "def get_current_user():\n    pass\n";
    let files = [
        ("app/__init__.py", ""),
        ("app/main.py", main),
        ("app/api.py", api),
        ("app/users.py", users),
        ("app/admin.py", admin),
        ("app/config.py", config),
        ("app/deps.py", deps),
    ];
    assert_eq!(
        endpoints("uvicorn app.main:app", &files),
        [
            "DELETE /api/v1/admin/all clear login",
            "POST /api/v1/users write",
            "PUT /api/v1/users write",
            "POST /api/v1/users/again write",
            "WEBSOCKET /api/v1/users/live live",
            "GET /api/v1/users/{user_id} (user_id: int) read login",
            "GET /health health",
        ]
    );
}

#[test]
fn flask_factories_and_blueprints() {
    let package = r#"
from flask import Flask
from .views import bp
from .pets import PetAPI

def create_app():
    app = Flask(__name__)
    app.register_blueprint(bp, url_prefix="/shop")
    app.add_url_rule("/pets/<int:pet_id>", view_func=PetAPI.as_view("pets"))
    register(app)
    return app

def register(app):
    @app.route("/ping")
    def ping():
        return "pong"
"#;
    let views = r#"
from flask import Blueprint
from flask_login import login_required

bp = Blueprint("views", __name__, url_prefix="/unused")
inner = Blueprint("inner", __name__, url_prefix="/inner")
bp.register_blueprint(inner)

@bp.route("/")
def index():
    return ""

@bp.route("/buy/<string:what>", methods=["GET", "POST"])
@login_required
def buy(what):
    return ""

@inner.post("/x")
def x():
    return ""
"#;
    let pets = "from flask.views import MethodView\n\nclass PetAPI(MethodView):\n    def get(self, pet_id):\n        return ''\n    def put(self, pet_id):\n        return ''\n";
    let wsgi = "from shop import create_app\n\napp = create_app()\n";
    let files = [("shop/__init__.py", package), ("shop/views.py", views), ("shop/pets.py", pets), ("wsgi.py", wsgi)];
    let wanted = [
        "GET /pets/{pet_id} (pet_id: int) PetAPI.get",
        "PUT /pets/{pet_id} (pet_id: int) PetAPI.put",
        "GET /ping ping",
        "GET /shop/ index",
        "GET /shop/buy/{what} (what: string) buy login",
        "POST /shop/buy/{what} (what: string) buy login",
        "POST /shop/inner/x x",
    ];
    assert_eq!(endpoints("gunicorn wsgi:app", &files), wanted);
    assert_eq!(endpoints("gunicorn 'shop:create_app()'", &files), wanted);
}

#[test]
fn starlette_lists() {
    let main = r#"
from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint
from starlette.routing import Mount, Route, WebSocketRoute

async def home(request):
    return None

class Items(HTTPEndpoint):
    async def get(self, request):
        return None

api = [Route("/items/{id:int}", Items)]
app = Starlette(routes=[
    Route("/", home),
    Route("/new", home, methods=["POST"]),
    Mount("/api", routes=api),
    WebSocketRoute("/ws", home),
])
"#;
    assert_eq!(
        endpoints("uvicorn main:app", &[("main.py", main)]),
        ["GET / home", "GET /api/items/{id} (id: int) Items.get", "POST /new home", "WEBSOCKET /ws home",]
    );
}

#[test]
fn a_prefix_that_nobody_knows_is_a_parameter() {
    let main = "import os\nfrom fastapi import FastAPI, APIRouter\nrouter = APIRouter(prefix=os.environ['PREFIX'])\napp = FastAPI()\n\n@router.get('/x')\ndef x():\n    pass\n\napp.include_router(router)\n";
    let found = endpoints("uvicorn main:app", &[("main.py", main)]);
    assert_eq!(found, ["GET /{os_environ__prefix}/x (os_environ__prefix) x"]);
}

#[test]
fn a_factory_is_given_its_routers() {
    let main = "from app.factory import create_application\nfrom app.api import router\n\napp = create_application(router=router)\n";
    let setup = "from fastapi import FastAPI\n\nclass App(FastAPI):\n    pass\n\ndef create_application(router, prefix='/v1'):\n    application = App()\n    application.include_router(router)\n    if settings.ENVIRONMENT == 'local':\n        @application.get('/only-here')\n        def only_here():\n            pass\n    return application\n";
    let api =
        "from fastapi import APIRouter\nrouter = APIRouter(prefix='/x')\n\n@router.get('/y')\ndef y():\n    pass\n";
    let files = [("app/__init__.py", ""), ("app/main.py", main), ("app/factory.py", setup), ("app/api.py", api)];
    assert_eq!(endpoints("uvicorn app.main:app", &files), ["GET /x/y y"]);
}

#[test]
fn settings_that_agree_on_the_routes() {
    let urls = "from django.urls import path\nfrom .views import home\nurlpatterns = [path('', home)]\n";
    let views = "def home(request):\n    return 1\n";
    let wsgi = "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n";
    let files = [
        ("shop/__init__.py", ""),
        ("shop/urls.py", urls),
        ("shop/views.py", views),
        ("shop/settings/a.py", SETTINGS),
        ("shop/settings/b.py", SETTINGS),
        ("shop/wsgi.py", wsgi),
    ];
    assert_eq!(endpoints("gunicorn shop.wsgi:application", &files), ["GET / home"]);
}
