"""What is told of a picture that is to be a logo, before anybody decides."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from collab_site.core.schools.logo_check import check_logo

CLEAR = (0, 0, 0, 0)


def picture(size=(600, 600), ground=CLEAR):
    image = Image.new("RGBA", size, ground)
    return image, ImageDraw.Draw(image)


def disc(colour, ground=CLEAR, **kwargs):
    image, pen = picture(ground=ground)
    pen.ellipse((60, 60, 540, 540), fill=colour, **kwargs)
    return image


def told(image):
    return " ".join(finding.sentence for finding in check_logo(image))


def test_a_strong_shape_that_can_be_seen_through_has_no_fault():
    assert check_logo(disc("#3f8a5b")) == []


@pytest.mark.parametrize(
    ("colour", "grounds"),
    [
        ("#ffd46b", "On our pages and a light browser tab most of its outline is hard to see"),
        ("#101010", "On a dark browser tab most of its outline is hard to see"),
        ("#fff8ee", "On our pages and a light browser tab most"),
    ],
)
def test_a_colour_too_close_to_a_ground_is_told(colour, grounds):
    assert grounds in told(disc(colour))


def test_a_dark_outline_makes_a_light_shape_seen():
    assert "our pages" not in told(disc("#ffd46b", outline="#333333", width=16))


@pytest.mark.parametrize(("ground", "name"), [("#ffffff", "white"), ("#c8d8c8", "coloured")])
def test_a_box_is_told_and_the_shape_measured_against_it(ground, name):
    found = told(disc("#224422", ground=ground))
    assert f"a {name} box around it" in found
    assert "outline" not in found
    assert "hard to see on its own background" in told(disc("#d8e8c8", ground="#ffffff"))


def test_thin_lines_disappear_when_they_are_small():
    image, pen = picture()
    pen.ellipse((60, 60, 540, 540), outline="#1d2521", width=6)
    assert "At 16 pixels most of it disappears." in told(image)
    image, pen = picture()
    pen.ellipse((60, 60, 540, 540), outline="#1d2521", width=60)
    assert "disappears" not in told(image)


@pytest.mark.parametrize(
    ("size", "sentence"),
    [
        ((900, 300), "It is 3 times as wide as it is high"),
        ((300, 750), "It is 2.5 times as high as it is wide"),
    ],
)
def test_a_very_long_shape_is_told(size, sentence):
    image, pen = picture(size)
    pen.rectangle((20, 20, size[0] - 20, size[1] - 20), fill="#3f8a5b")
    assert sentence in told(image)
    assert "times as" not in told(disc("#3f8a5b"))


@pytest.mark.parametrize("ground", [CLEAR, "#ffffff", "#000000"])
def test_a_picture_of_nothing_is_told(ground):
    assert "We can see no shape" in told(picture(ground=ground)[0])


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from(["1", "L", "LA", "P", "RGB", "RGBA", "CMYK"]),
    st.tuples(st.integers(1, 90), st.integers(1, 90)),
    st.integers(0, 255),
)
def test_any_picture_can_be_checked(mode, size, value):
    image = Image.effect_noise(size, value).convert(mode)
    assert all(finding.sentence and finding.advice for finding in check_logo(image))


def test_the_largest_picture_takes_little_time():
    image = Image.effect_noise((1600, 1600), 90).convert("RGBA")
    start = time.process_time()
    check_logo(image)
    assert time.process_time() - start < 1
