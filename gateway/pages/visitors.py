"""Who is looking: the session is a bearer token in a cookie that scripts cannot read."""

from flask import request
from werkzeug.wrappers import Response

from gateway.accounts import tokens
from gateway.api.context import service
from gateway.calls import Calls
from gateway.pages import forms
from services.contracts.principal import Principal

COOKIE = "zhixing_session"
# Asks for what is public; may read nothing else.
NOBODY = Principal("public", None, ())
