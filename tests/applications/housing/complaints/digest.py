from django.template.loader import render_to_string

from complaints.selectors import open_by_stage


def stage_lines():
    lines = []
    for stage, complaints in open_by_stage().items():
        for complaint in complaints:
            lines.append(f"{stage}: {complaint.reference} – {complaint.handler.name}, due {complaint.due_on}")
    return lines


def render_digest(feed):
    rows = [
        {"tenancy": {"reference": item["ref"], "property": {"address": item["address"]}}, "text": item["text"]}
        for item in feed
    ]
    return render_to_string("complaints/digest.txt", {"lines": stage_lines(), "rows": rows})
