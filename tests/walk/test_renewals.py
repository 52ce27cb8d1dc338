"""An administrator looks ahead at what expires, and at every record of the district."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [True, False])
def test_renewals_from_the_chart_to_the_reminder(person, scripts):
    administrator = person("administrator@demo.example", scripts=scripts)
    page = administrator.page
    page.get_by_role("link", name="Renewals").first.click()
    expect(page.get_by_role("heading", level=1, name="Looking ahead")).to_be_visible()
    page.get_by_text("The numbers as tables").click()
    administrator.look("renewals")
    page.get_by_role("button", name="Remind all of them").click()
    expect(page.get_by_text("You reminded 1 person.")).to_be_visible()

    page.get_by_role("link", name="Records of staff").click()
    expect(page.get_by_role("heading", level=1, name="Records of staff")).to_be_visible()
    administrator.look("staff-records")
    with page.expect_download() as download:
        page.get_by_role("link", name="These as CSV").click()
    text = download.value.path().read_text("utf-8-sig")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download all as Ed-Fi XML").click()
    assert "<InterchangeStaffAssociation" in download.value.path().read_text()
    page.goto("/credentials/staff/import/")
    file = {"name": "records.csv", "mimeType": "text/csv", "buffer": text.replace("Generalist", "Health").encode()}
    page.get_by_label("CSV file").set_input_files(file)
    page.get_by_role("button", name="Show what it changes").click()
    expect(page.get_by_role("heading", name="What this file would change")).to_be_visible()
    administrator.look("import-shown")
    page.get_by_role("button", name="Save all").click()
    expect(page.get_by_text("records were changed.")).to_be_visible()

    teacher = person("teacher@demo.example").page
    teacher.goto("/messages/")
    expect(teacher.get_by_text("Credentials that expire").first).to_be_visible()
