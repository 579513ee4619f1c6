"""Reads the files of melodies.mjs with music21, and holds those of MusicXML against its schema.

Usage: check.py FOLDER        (pip install music21 musicxml lxml)
"""
import json
import pathlib
import re
import sys

import musicxml
from lxml import etree
from music21 import converter

folder = pathlib.Path(sys.argv[1])
played = json.loads((folder / "played.json").read_text())
wanted = [[(n["note"], n["start"], n["length"]) for n in notes] for notes in played]


def schema():
    """MusicXML 4.0 without the attributes of the two schemas that it fetches from the net."""
    path = pathlib.Path(musicxml.__file__).parent / "generate_classes" / "musicxml_4_0.xsd"
    text = re.sub(r"<xs:import [^>]*/>", "", path.read_text())
    text = re.sub(r'<xs:attribute ref="(xml|xlink):[^>]*/>', "", text)
    text = re.sub(r'<xs:attribute ref="(xml|xlink):[^>]*>.*?</xs:attribute>', "", text, flags=re.S)
    return etree.XMLSchema(etree.fromstring(text.encode()))


def heard(path, **options):
    """Number in MIDI, onset and length in ticks of 480 a quarter, of each note."""
    notes = converter.parse(path, **options).flatten().notes
    ticks = lambda quarters: round(float(quarters) * 480)
    return [(n.pitch.midi, ticks(n.offset), ticks(n.quarterLength)) for n in notes]


rules = schema()
count = len(wanted)
valid = sum(rules.validate(etree.parse(str(folder / f"{at}.musicxml"))) for at in range(count))
scores = sum(heard(folder / f"{at}.musicxml") == wanted[at] for at in range(count))
midi = sum(heard(folder / f"{at}.mid", quantizePost=False) == wanted[at] for at in range(count))
print(f"of {count}: {valid} valid MusicXML 4.0, {scores} read back alike, {midi} alike from MIDI")
