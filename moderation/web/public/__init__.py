"""Pages for readers and commenters."""

from fastapi import APIRouter

ROUTERS: tuple[APIRouter, ...] = ()
