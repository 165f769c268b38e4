"""A stand-in for DashScope on this machine: it speaks the native protocol and answers by the model's name.

`python -m tests.fake_dashscope --port N` serves it for trials by hand.
"""

from tests.fake_dashscope.replies import ANSWER, Reply, frame, text_frames
from tests.fake_dashscope.server import FakeDashScope, fake_dashscope, serve

__all__ = ["ANSWER", "FakeDashScope", "Reply", "fake_dashscope", "frame", "serve", "text_frames"]
