import io

from django.http import Http404, HttpResponse
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.views import APIView

from feeds.exports import FEEDS
from imports.importers import IMPORTERS
from reports.builders import REPORTS

from .permissions import IsOperations


class FeedView(APIView):
    permission_classes = [IsOperations]

    def get(self, request, name):
        feed_class = FEEDS.get(name)
        if feed_class is None:
            raise Http404
        feed = feed_class(request.query_params)
        return HttpResponse(feed.render(), content_type=feed.content_type)


class ImportView(APIView):
    permission_classes = [IsOperations]
    parser_classes = [MultiPartParser]

    def post(self, request, name):
        if name not in IMPORTERS:
            raise Http404
        stream = io.TextIOWrapper(request.FILES["file"], encoding="utf-8-sig", newline="")
        return Response(IMPORTERS[name](stream).run())


class ReportView(APIView):
    permission_classes = [IsOperations]

    def get(self, request, slug):
        try:
            builder = REPORTS[slug](request.query_params)
        except KeyError:
            raise Http404 from None
        return Response(builder.run())
