from core.exports import SheetReport
from inspections.models import Finding, Inspection


class InspectionReport(SheetReport):
    title = "Inspections"
    headings = ("Due", "Done", "Inspector", "Score")
    model = Inspection

    def row(self, obj):
        return (obj.due_on, obj.done_on, obj.inspector.user.get_full_name(), obj.score)


class HazardReport(SheetReport):
    title = "Hazards"
    headings = ("Hazard", "Category", "Due", "Resolved")
    model = Finding

    def get_queryset(self):
        return super().get_queryset().select_related("hazard", "inspection")

    def row(self, obj):
        return (obj.hazard.name, obj.hazard.category, obj.inspection.due_on, obj.resolved)


REPORTS = {"inspections": InspectionReport, "hazards": HazardReport}
