"""Open311: which cases a search finds, how often one may ask, and that XML always parses."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.orm import Session

from intake.open311_formats import Format, write
from intake.tables import CaseEventTable, CaseTable
from intake.wiring import Service
from tests.conftest import Clock
from tests.stories.test_open311 import AIRCRAFT, POTHOLE, VEHICLE, App, errors
from tests.stories.test_open311 import app as app  # noqa: PLC0414 - pytest finds the fixture by its name here.
