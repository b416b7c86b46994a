from django.urls import include, path
from rest_framework.routers import DefaultRouter
from rest_framework_nested.routers import NestedSimpleRouter

from api import viewsets

router = DefaultRouter()
router.register("estates", viewsets.EstateViewSet)
router.register("properties", viewsets.PropertyViewSet)
router.register("contractors", viewsets.ContractorViewSet)
router.register("inspections", viewsets.InspectionViewSet)
router.register("tenancies", viewsets.TenancyViewSet)
router.register("complaints", viewsets.ComplaintViewSet)

homes = NestedSimpleRouter(router, "properties", lookup="property")
homes.register("repairs", viewsets.PropertyRepairViewSet, basename="property-repairs")

urlpatterns = [path("", include(router.urls)), path("", include(homes.urls))]
