"""What a page offers to follow and to send."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

TYPED = {"email": "someone@example.org", "date": "2030-01-01", "number": "1", "password": "a long enough phrase"}
BUTTONS = {"submit", "button", "image", "reset"}


@dataclass
class Form:
    """A form as it can be sent; ``options`` are the values to choose from."""

    method: str
    action: str
    data: dict = field(default_factory=dict)
    options: dict = field(default_factory=dict)

    def choose(self, name, value, *, chosen):
        self.options.setdefault(name, []).append(value)
        if chosen or not self.data.get(name):
            self.data[name] = value


class Page(HTMLParser):
    """The links and forms of a page, each with its whole address."""

    def __init__(self, address, text):
        super().__init__()
        self.address, self.links, self.forms = address, [], []
        self.form = self.select = self.textarea = None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = {name: value or "" for name, value in attributes}
        for name in ("href", "hx-get"):
            if name in attributes and tag != "link":
                self.links.append(self.whole(attributes[name]))
        handler = getattr(self, f"start_{tag}", None)
        if handler:
            handler(attributes)
        if "hx-post" in attributes and self.form:
            # A fragment takes the whole form that it is part of.
            self.forms.append(Form("post", self.whole(attributes["hx-post"]), self.form.data, self.form.options))

    def whole(self, address):
        found = urldefrag(urljoin(f"http://testserver{self.address}", address)).url
        parts = urlsplit(found)
        return parts._replace(scheme="", netloc="").geturl() if parts.netloc == "testserver" else ""

    def start_form(self, attributes):
        method = attributes.get("method", "get").lower()
        self.form = Form(method, self.whole(attributes.get("action", "")))
        self.forms.append(self.form)

    def start_input(self, attributes):
        name, value, kind = (attributes.get(key, "") for key in ("name", "value", "type"))
        if not self.form or not name or name == "csrfmiddlewaretoken":
            return
        if kind in ("radio", "checkbox"):
            self.form.choose(name, value or "on", chosen="checked" in attributes)
        elif kind in BUTTONS:
            self.form.options.setdefault(name, []).append(value)
        else:
            required = self.form.method == "post" and kind != "hidden"
            self.form.data[name] = value or (TYPED.get(kind, "Some words") if required else "")

    def start_button(self, attributes):
        if self.form and attributes.get("name"):
            self.form.options.setdefault(attributes["name"], []).append(attributes.get("value", ""))

    def start_select(self, attributes):
        self.select = attributes.get("name")

    def start_option(self, attributes):
        if self.form and self.select:
            self.form.choose(self.select, attributes.get("value", ""), chosen="selected" in attributes)

    def start_textarea(self, attributes):
        if self.form and attributes.get("name"):
            self.form.data[attributes["name"]] = "Some words"

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None
        if tag == "select":
            self.select = None
