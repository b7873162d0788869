"""What speech recognition writes as JSON: words with their speakers are the text, and all other strings are told."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programmes.transcripts.json_nodes import ALTERNATIVES, SpeechError
from programmes.transcripts.speech_entries import NAMES_OF_SPEAKERS, PARTS, SPEAKERS, WORDS
from programmes.transcripts.speech_json import KEYS_OF_SPEAKERS, SINGLE_WORDS, TURNS, read_speech
from programmes.transcripts.turns import SpokenTurn

WHISPER = {
    "text": " We waited. For long.",
    "segments": [
        {"id": 0, "start": 0.0, "end": 2.0, "text": " We waited.", "tokens": [50364, 492], "temperature": 0.0},
        {"id": 1, "start": 2.0, "end": 3.5, "text": " For long.", "tokens": [1171, 938], "temperature": 0.0},
    ],
    "language": "en",
}
WHISPER_CPP = {
    "systeminfo": "AVX = 1 | NEON = 0",
    "model": {"type": "base", "audio": {"ctx": 1500}},
    "params": {"model": "models/ggml-base.bin", "language": "en", "translate": False},
    "result": {"language": "en"},
    "transcription": [
        {
            "timestamps": {"from": "00:00:00,000", "to": "00:00:02,000"},
            "offsets": {"from": 0, "to": 2000},
            "text": " We waited.",
            "tokens": [
                {"text": "[_BEG_]", "id": 50363, "p": 0.9},
                {"text": " We", "id": 492, "p": 0.9},
                {"text": " waited", "id": 11, "p": 0.8},
                {"text": ".", "id": 13, "p": 0.7},
            ],
            "speaker": "0",
        },
        {"text": " For long.", "tokens": [{"text": " For"}, {"text": " long."}, {"text": "[_TT_100]"}], "speaker": "?"},
    ],
}
WHISPER_X = {
    "segments": [
        {
            "start": 0.1,
            "end": 2.0,
            "text": " We waited.",
            "words": [
                {"word": "We", "start": 0.1, "score": 0.9, "speaker": "SPEAKER_00"},
                {"word": "waited.", "start": 0.5, "score": 0.8, "speaker": "SPEAKER_00"},
            ],
            "speaker": "SPEAKER_00",
        },
        {
            "text": "For 5 years.",
            "words": [{"word": "For"}, {"word": "5"}, {"word": "years."}],
            "speaker": "SPEAKER_01",
        },
    ],
    "word_segments": [{"word": word} for word in ("We", "waited.", "For", "5", "years.")],
}
INSANELY_FAST = {
    "speakers": [
        {"speaker": "SPEAKER_00", "timestamp": [0.0, 3.1], "text": " We waited."},
        {"speaker": "SPEAKER_01", "timestamp": [3.1, 4.0], "text": " For long."},
    ],
    "chunks": [{"timestamp": [0.0, 3.1], "text": " We waited."}, {"timestamp": [3.1, None], "text": " For long."}],
    "text": " We waited. For long.",
}


def amazon(**labels):
    """Return a file of Amazon Transcribe, whose words have their speakers beside them only by the time."""
    words = [("1.0", "We", "0"), ("1.5", "waited", "0"), (None, ".", None), ("2.0", "For", "1"), ("2.5", "long", "1")]
    return {
        "jobName": "my-job",
        "accountId": "1112",
        "results": {
            "transcripts": [{"transcript": "We waited. For long"}],
            "items": [
                {
                    **({"start_time": time} if time else {}),
                    "alternatives": [{"confidence": "0.99", "content": word}],
                    "type": "pronunciation" if time else "punctuation",
                }
                for time, word, _ in words
            ],
            **labels,
        },
    }


LABELS = {
    "channel_label": "ch_0",
    "speakers": 2,
    "segments": [
        {
            "start_time": "1.0",
            "speaker_label": "spk_0",
            "items": [
                {"start_time": "1.0", "speaker_label": "spk_0"},
                {"start_time": "1.5", "speaker_label": "spk_0"},
            ],
        },
        {
            "speaker_label": "spk_1",
            "items": [
                {"start_time": "2.0", "speaker_label": "spk_1"},
                {"start_time": "2.5", "speaker_label": "spk_1"},
                {"speaker_label": "spk_1"},
            ],
        },
    ],
}
DEEPGRAM_WORDS = [
    {"word": "we", "punctuated_word": "We", "speaker": 0},
    {"word": "waited", "punctuated_word": "waited.", "speaker": 0},
    {"word": "for", "punctuated_word": "For", "speaker": 1},
    {"word": "long", "punctuated_word": "long.", "speaker": 1},
]
DEEPGRAM_PARAGRAPHS = {
    "transcript": "\nSpeaker 0: We waited.\n\nSpeaker 1: For long.",
    "paragraphs": [
        {"sentences": [{"text": "We waited.", "start": 0.1}], "speaker": 0},
        {"sentences": [{"text": "For long.", "start": 1.1}], "speaker": 1},
    ],
}
DEEPGRAM_UTTERANCES = [
    {"transcript": "We waited.", "words": DEEPGRAM_WORDS[:2], "speaker": 0},
    {"transcript": "For long.", "words": DEEPGRAM_WORDS[2:], "speaker": 1},
]


def deepgram(paragraphs=None, utterances=None):
    alternative = {"transcript": "We waited. For long.", "words": DEEPGRAM_WORDS}
    return {
        "results": {
            "channels": [{"alternatives": [alternative | ({"paragraphs": paragraphs} if paragraphs else {})]}],
            **({"utterances": utterances} if utterances else {}),
        }
    }


ASSEMBLY_AI = {
    "id": "5d5f-ab",
    "status": "completed",
    "text": "We waited. For long.",
    "words": [
        {"text": word, "start": 1, "speaker": who}
        for word, who in (("We", "A"), ("waited.", "A"), ("For", "B"), ("long.", "B"))
    ],
    "utterances": [
        {"speaker": "A", "text": "We waited.", "words": [{"text": "We", "speaker": "A"}, {"text": "waited."}]},
        {"speaker": "B", "text": "For long.", "words": [{"text": "For", "speaker": "B"}, {"text": "long."}]},
    ],
}
REV = {
    "monologues": [
        {
            "speaker": 0,
            "elements": [
                {"type": "text", "value": "We", "ts": 0.5, "confidence": 0.9},
                {"type": "punct", "value": " "},
                {"type": "text", "value": "waited"},
                {"type": "punct", "value": "."},
            ],
        },
        {
            "speaker": 1,
            "speaker_info": {"id": "1", "display_name": "Ben"},
            "elements": [{"type": "text", "value": "For"}],
        },
    ],
    "speakers": [{"id": 0, "name": "Ann"}],
}
GOOGLE = {
    "results": [
        {
            "alternatives": [
                {"transcript": "we waited", "words": [{"word": "we", "startTime": "0.5s"}, {"word": "waited"}]}
            ]
        },
        {"alternatives": [{"transcript": " for long", "words": [{"word": "for"}, {"word": "long"}]}]},
        {
            "alternatives": [
                {
                    "words": [
                        {"word": word, "startTime": "1s", "speakerTag": tag}
                        for word, tag in (("we", 1), ("waited", 1), ("for", 2), ("long", 2))
                    ]
                }
            ]
        },
    ]
}
AZURE = {
    "combinedRecognizedPhrases": [{"channel": 0, "lexical": "five years", "display": "Five years."}],
    "recognizedPhrases": [
        {
            "speaker": 1,
            "offset": "PT0.07S",
            "nBest": [
                {"lexical": "five years", "display": "Five years.", "words": [{"word": "five"}, {"word": "years"}]},
                {"lexical": "fife years", "display": "Fife years."},
            ],
        }
    ],
}
SPEECHMATICS = {
    "metadata": {"transcription_config": {"additional_vocab": [{"content": "Wolverhampton", "sounds_like": ["wolf"]}]}},
    "results": [
        {"type": "word", "alternatives": [{"content": "We", "speaker": "S1"}]},
        {"type": "word", "alternatives": [{"content": "waited", "speaker": "S1"}]},
        {"type": "punctuation", "attaches_to": "previous", "alternatives": [{"content": ".", "speaker": "S1"}]},
        {"type": "word", "alternatives": [{"content": "Yes", "speaker": "S2"}]},
    ],
}
ELEVEN_LABS = {
    "text": "We waited. (laughs) Yes",
    "words": [
        {"text": "We", "type": "word", "speaker_id": "speaker_0"},
        {"text": " ", "type": "spacing", "speaker_id": "speaker_0"},
        {"text": "waited.", "type": "word", "speaker_id": "speaker_0"},
        {"text": " ", "type": "spacing"},
        {"text": "(laughs)", "type": "audio_event", "speaker_id": "speaker_0"},
        {"text": " ", "type": "spacing"},
        {"text": "Yes", "type": "word", "speaker_id": "speaker_1"},
    ],
}


@pytest.mark.parametrize(
    ("file", "lines"),
    [
        ([{"speaker": "A", "text": "How many?"}, {"speaker": "B", "text": 42}], ["A: How many?", "B: 42"]),
        ('[{"text": "It cost"}, {"text": 3.50}, {"text": 1e3, "words": 2}]', ["It cost", "3.50", "1e3"]),
        ({"segments": [{"words": [{"word": "in"}, {"word": 2020, "probability": 0.5}]}]}, ["in 2020"]),
        ({"segments": [{"words": ["in", 2020, "or", -1], "tokens": [50, 51]}]}, ["in 2020 or -1"]),
        (
            {"segments": [{"text": "Yes", "transcript": 7, "words": 1, "value": 0.9}, {"tokens": [5], "value": 1}]},
            ["Yes"],
        ),
        ({"results": [{"alternatives": [{"transcript": 19, "confidence": 1}]}]}, ["19"]),
    ],
)
def test_numbers_are_words_where_words_stand(file, lines):
    assert read(file) == (lines, [])


def read(value):
    """Return the lines of a file, and what is told as (kind, place, words)."""
    reading = read_speech(value if isinstance(value, str) else json.dumps(value))
    return reading.text.split("\n"), [(told.kind, told.place, told.words) for told in reading.left_out]


@pytest.mark.parametrize(
    ("file", "lines", "told"),
    [
        (WHISPER, ["We waited.", "For long."], [("other words", "language", "en")]),
        (
            WHISPER_CPP,
            ["Speaker 0: We waited.", "For long."],
            [
                ("other words", "systeminfo", "AVX = 1 | NEON = 0"),
                ("other words", "model.type", "base"),
                ("other words", "params.model", "models/ggml-base.bin"),
                ("other words", "params.language", "en"),
                ("other words", "result.language", "en"),
                ("other words", "transcription[].tokens[].text", "[_BEG_] [_TT_100]"),
            ],
        ),
        (WHISPER_X, ["SPEAKER_00: We waited.", "SPEAKER_01: For 5 years."], []),
        (INSANELY_FAST, ["SPEAKER_00: We waited.", "SPEAKER_01: For long."], []),
        (amazon(), ["We waited. For long"], [("other words", "jobName", "my-job"),
         ("other words", "results.items[].type", "pronunciation punctuation")]),
        (
            amazon(speaker_labels=LABELS),
            ["spk_0: We waited.", "spk_1: For long"],
            [
                ("other words", "jobName", "my-job"),
                ("other words", "results.items[].type", "pronunciation punctuation"),
                ("other words", "results.speaker_labels.channel_label", "ch_0"),
            ],
        ),
        (
            amazon(audio_segments=[{"id": 0, "transcript": "We waited.", "speaker_label": "spk_0"},
                                   {"id": 1, "transcript": "For long", "speaker_label": "spk_1"}]),
            ["spk_0: We waited.", "spk_1: For long"],
            [("other words", "jobName", "my-job"),
             ("other words", "results.items[].type", "pronunciation punctuation")],
        ),
        (deepgram(), ["Speaker 0: We waited.", "Speaker 1: For long."], []),
        (deepgram(DEEPGRAM_PARAGRAPHS), ["Speaker 0: We waited.", "Speaker 1: For long."], []),
        (
            deepgram(DEEPGRAM_PARAGRAPHS, DEEPGRAM_UTTERANCES),
            ["Speaker 0: We waited.", "Speaker 1: For long."],
            [],
        ),
        (
            ASSEMBLY_AI,
            ["A: We waited.", "B: For long."],
            [("other words", "id", "5d5f-ab"), ("other words", "status", "completed")],
        ),
        (
            REV,
            ["Ann: We waited.", "Ben: For"],
            [("other words", "monologues[].elements[].type", "text punct")],
        ),
        (GOOGLE, ["Speaker 1: we waited", "Speaker 2: for long"], []),
        (
            AZURE,
            ["Speaker 1: Five years."],
            [
                ("other wordings", "recognizedPhrases[].nBest[].lexical", "fife years"),
                ("other wordings", "recognizedPhrases[].nBest[].display", "Fife years."),
            ],
        ),
        (
            SPEECHMATICS,
            ["S1: We waited.", "S2: Yes"],
            [
                ("other wordings", "metadata.transcription_config.additional_vocab[].content", "Wolverhampton"),
                ("other words", "metadata.transcription_config.additional_vocab[].sounds_like[]", "wolf"),
                ("other words", "results[].type", "word punctuation"),
                ("other words", "results[].attaches_to", "previous"),
            ],
        ),
        (
            ELEVEN_LABS,
            ["speaker_0: We waited. (laughs)", "speaker_1: Yes"],
            [("other words", "words[].type", "word spacing audio_event")],
        ),
    ],
)  # fmt: skip
def test_files_of_programs(file, lines, told):
    assert read(file) == (lines, told)


@pytest.mark.parametrize(
    ("file", "lines"),
    [
        ([{"speaker": "Ann", "text": "Well,\nyes.", "at": "0:01"}, {"text": "a\n\nb"}], ["Ann: Well, yes.", "a", "b"]),
        ([{"name": "Ann", "Text": "Yes."}, {"speaker": None, "Text": "No."}], ["Ann: Yes.", "No."]),
        ([{"speaker": None, "text": " "}, {"speaker": True, "text": "No."}], ["No."]),
        ({"speakers": {"1": "Ann", "2": ""}, "turns": [{"speaker": 1, "text": "One."}]}, ["Ann: One."]),
        ({"lines": [{"text": "One."}, {"text": "Two."}], "words": [{"word": "One."}, {"word": "Two."}]},
         ["One.", "Two."]),
        ({"alternatives": [{"confidence": 1}], "words": ["One"]}, ["One"]),
        ({"speakers": [{"speaker_id": 7, "speaker_name": "Ann"}], "sentences": [{"speaker_id": 7, "sentence": "One."}]},
         ["Ann: One."]),
        ([{"participant": {"id": 1, "name": "Ann"}, "words": [{"text": "One"}, {"text": "two"}]}], ["Ann: One two"]),
        ({"retval": {"words": [{"word": "one", "punct": "One,"}, {"word": "two", "punct": "two."}]}}, ["One, two."]),
        ({"text": "One.", "Text": []}, ["One."]),
        ({"version": "1.0.0", "segments": [{"speaker": "Ann", "startTime": 0.5, "body": "One."}]}, ["Ann: One."]),
        ({"speakerName": "Ann", "spokenText": "One."}, ["Ann: One."]),
        ({"Transcript": [{"ParticipantRole": "AGENT", "Content": "One.", "Items": [{"Content": "One"}]}]},
         ["AGENT: One."]),
        ({"callTranscripts": [{"transcript": [{"speakerId": "7", "sentences": [{"text": "One."}, {"text": "Two."}]}]}]},
         ["Speaker 7: One. Two."]),
        ({"transcript": [{"speaker": {"display_name": "Ann"}, "text": "One."}]}, ["Ann: One."]),
        ({"results": [{"alternatives": [{"transcript": "one two ", "timestamps": [["one", 1, 2], ["two", 2, 3]]}]}]},
         ["one two"]),
        ({"entries": [{"speakerDisplayName": "Ann B", "text": "One."}], "events": []}, ["Ann B: One."]),
        ({"events": [{"segs": [{"utf8": "One"}, {"utf8": " two"}]}, {"segs": [{"utf8": "\n"}]}]}, ["One two"]),
        ({"transcript": ["Ann: One.", "Ben: Two.", 3]}, ["Ann: One.", "Ben: Two."]),
        (["Ann: One.", "Ben: Two."], ["Ann: One.", "Ben: Two."]),
        ({"text": "Ann: One.\nBen: Two."}, ["Ann: One.", "Ben: Two."]),
        ({"text": "", "words": ["One", 2, "two"]}, ["One 2 two"]),
        ({"output": {"segments": [{"text": "One."}], "text": "One."}}, ["One."]),
        ({"segments": {"0": {"text": "One."}, "1": {"text": "Two."}}}, ["One.", "Two."]),
        ({"segments": [{"text": " "}], "words": [{"word": "One"}]}, ["One"]),
        ({"words": [{"word": "我们", "speaker": "A"}, {"word": "等了", "speaker": "A"}, {"word": "。"}]},
         ["A: 我们等了。"]),
        ({"segments": [{"words": [{"word": "One", "speaker": "A"}]}, {"words": [{"word": "two", "speaker": "A"}]}]},
         ["A: One two"]),
        ({"segments": [{"words": [{"word": "One", "speaker": "A"}, {"word": ","}]}, {"words": [{"word": "two"}]}]},
         ["A: One,", "two"]),
        ({"words": [{"word": word} for word in ("One", "–", "two", "!")]}, ["One – two!"]),
        ({"segments": [{"text": " "}]}, [""]),
        ('{"text": "one two", "result": [{"word": "one"}, {"word": "two"}]}\n\n{"text": "three"}\n',
         ["one two", "three"]),
        ('\ufeff {"text": "One."} ', ["One."]),
        ('{"text": "One.", "a": NaN, "b": -Infinity, "c": ' + "9" * 5000 + "}", ["One."]),
        ('{"text": "One\n\u2028two."}', ["One", "two."]),
        ([{"speaker": 1.5, "text": "One."}, {"speaker": 12345678901, "text": "Two."}],
         ["1.5: One.", "Speaker 12345678901: Two."]),
    ],
)  # fmt: skip
def test_other_forms_have_nothing_left_to_tell(file, lines):
    assert read(file) == (lines, [])


@pytest.mark.parametrize(
    ("file", "times"),
    [
        (WHISPER_X | {"segments": [{**WHISPER_X["segments"][1], "start": 75.9}, *WHISPER_X["segments"]]},
         ["0:01:15", "0:00:00", ""]),
        (WHISPER_CPP, ["0:00:00"]),
        (INSANELY_FAST, ["0:00:00", "0:00:03"]),
        (amazon(speaker_labels=LABELS), ["0:00:01", "0:00:02"]),
        (deepgram(DEEPGRAM_PARAGRAPHS), ["0:00:00", "0:00:01"]),
        (REV, ["0:00:00", ""]),
        (GOOGLE, ["0:00:01", "0:00:01"]),
        (AZURE, ["0:00:00"]),
        # In thousandths of a second, which is told by the name, or by how fast people speak.
        ([{"speaker": "A", "text": "Yes.", "startMs": 61_000}], ["0:01:01"]),
        ([{"speaker": "A", "text": "Yes.", "start": 1_000}, {"speaker": "B", "text": "No.", "start": 61_500}],
         ["0:00:01", "0:01:01"]),
        ([{"speaker": "A", "text": "Yes.", "start": 1_000.5}, {"speaker": "B", "text": "No.", "start": 61_000}],
         ["0:16:40", "16:56:40"]),
        ([{"speaker": "A", "text": "Yes.", "offsetInTicks": 620_000_000}], ["0:01:02"]),
        # The first of several segments of one speaker, and a speaker among the words.
        ([{"speaker": "A", "text": "So.", "start": 3.0}, {"speaker": "A", "text": "No.", "start": 4.0}], ["0:00:03"]),
        ([{"speaker": "A", "text": "So."}, {"speaker": "A", "text": "No.", "start": 4.0}], [""]),
        ([{"text": "Ann: Yes.", "start": "00:01:02,500"}, {"text": "Ben: No.", "start": "PT1H2M3.5S"}],
         ["0:01:02", "1:02:03"]),
        ([{"speaker": "A", "sentences": [{"text": "Yes."}, {"text": "No.", "startTime": "2.5s"}]}], ["0:00:02"]),
        # What is no time.
        *[([{"speaker": "A", "text": "Yes.", "start": value}], [""])
          for value in (-1, "soon", None, True, [], [[1]], {"from": [1]}, {"to": 1}, 1e300, "9" * 400)],
        ('[{"speaker": "A", "text": "Yes.", "start": NaN}]', [""]),
        ([{"speaker": "A", "text": "", "items": [{"items": [{"items": [{"items": [{"start": 1}]}]}]}]},
          {"speaker": "A", "text": "Yes.", "items": 1}], [""]),
    ],
)  # fmt: skip
def test_turn_begins_when_its_first_segment_does(file, times):
    reading = read_speech(file if isinstance(file, str) else json.dumps(file))
    assert [turn.time for turn in reading.turns] == times


def test_segments_of_one_speaker_are_one_turn():
    words = "Then we went on for ten words and stopped there."
    entries = [{"speaker": "A", "text": words, "start": float(at)} for at in range(9)]
    reading = read_speech(json.dumps({"segments": entries, "text": " ".join([words] * 9)}))
    assert reading.text == f"A: {' '.join([words] * 8)}\n{words}"
    assert reading.turns == (SpokenTurn(3, len(reading.text), "A", "0:00:00"),)
    assert reading.left_out == ()


def test_punctuation_and_speakers_of_words_are_taken_as_the_file_says():
    file = amazon(speaker_labels=LABELS)
    file["results"]["items"][2]["alternatives"][0]["content"] = "–"
    file["results"]["items"][4]["speaker_label"] = "spk_2"
    assert read(file)[0] == ["spk_0: We waited–", "spk_1: For", "spk_2: long"]


def test_words_that_differ_from_their_segment_are_told():
    file = {
        "text": "We waited. It was long.",
        "segments": [
            {"text": "We waited.", "words": [{"word": "[_BEG_]"}, {"word": "We"}, {"word": "waited"}]},
            {
                "text": "We're 3.5 years on.",
                "words": [{"word": "Were"}, {"word": "35"}, {"word": "years"}, {"word": "on"}],
            },
            {"text": "For long.", "words": [{"word": "For"}, {"word": "so"}, {"word": "long"}, {"word": "for"}]},
        ],
    }
    assert read(file) == (
        ["We waited.", "We're 3.5 years on.", "For long."],
        [
            ("other wordings", "text", "We waited. It was long."),
            ("other words", "segments[].words[].word", "[_BEG_]"),
            ("other wordings", "segments[].words[].word", "Were 35 years on For so long for"),
        ],
    )


def test_word_of_another_speaker_than_its_segment_is_told():
    words = [{"word": "We", "speaker": "A"}, {"word": "waited.", "speaker": "B"}]
    turns = [{"speaker": "A", "text": "We waited.", "words": words}, {"speaker": "C", "text": "For long."}]
    assert read(turns) == (["A: We waited.", "C: For long."], [("other words", "[].words[].speaker", "B")])


def test_list_that_lacks_words_is_told_and_the_whole_one_is_text():
    file = {
        "utterances": [{"speaker": "A", "text": "We waited."}],
        "segments": [{"text": "We waited."}, {"text": "For long."}],
        "note": {"text": "Of the team"},
        "custom_vocabulary": [{"content": "Wolverhampton and Leeds"}],
    }
    assert read(file) == (
        ["We waited.", "For long."],
        [
            ("other words", "utterances[].speaker", "A"),
            ("other wordings", "utterances[].text", "We waited."),
            ("other wordings", "note.text", "Of the team"),
            ("other wordings", "custom_vocabulary[].content", "Wolverhampton and Leeds"),
        ],
    )


def test_speaker_who_says_nothing_is_told():
    turns = [{"speaker": "Ann", "text": " "}, {"speaker": "Ben", "text": "No."}]
    assert read(turns) == (["Ben: No."], [("other words", "[].speaker", "Ann")])


def test_speaker_of_nothing_but_a_space_is_told():
    words = [{"text": "No.", "speaker": "Ben"}, {"text": " ", "speaker": "Ann"}]
    assert read({"words": words}) == (["Ben: No."], [("other words", "words[].speaker", "Ann")])
    assert read({"words": words[1:]}) == ([""], [("other words", "words[].speaker", "Ann")])


def test_turns_are_told_whatever_the_names_of_speakers_look_like():
    segments = [("SPEAKER_00", " We  waited."), (None, "(a pause)\nFor"), (1, "long:\nyes."), ("SPEAKER_00", "")]
    reading = read_speech(json.dumps([{"speaker": speaker, "text": words} for speaker, words in segments]))
    assert reading.text == "SPEAKER_00: We waited.\n(a pause)\nFor\nSpeaker 1: long: yes."
    assert reading.turns == (SpokenTurn(12, 22, "SPEAKER_00"), SpokenTurn(48, 58, "Speaker 1"))
    assert [reading.text[turn.start : turn.end] for turn in reading.turns] == ["We waited.", "long: yes."]


def test_only_words_that_may_be_said():
    assert read({"vocab": [{"word": "Leeds"}]}) == (["Leeds"], [])


def test_several_values_of_one_name_are_kept():
    file = '{"segments": [{"text": "one", "text": "two", "id": 1, "id": 2}], "segments": [{"text": "three"}]}'
    assert read(file) == (["two", "three"], [("other wordings", "segments[].text", "one")])


def test_names_that_stand_for_numbers_of_speakers_are_told_where_they_are_not_shown():
    file = {"speakers": [{"id": "x9", "name": "Ann"}], "segments": [{"speaker": "x9", "text": "One."}] * 2}
    assert read(file) == (
        ["Ann: One. One."],
        [("other words", "speakers[].id", "x9"), ("other words", "segments[].speaker", "x9")],
    )


def test_file_of_otranscribe_is_read_as_the_page_that_it_holds():
    page = '<p><span class="timestamp" data-timestamp="3.2">00:03</span>We&nbsp;waited.<!-- so --></p><p>For long.</p>'
    assert read({"text": page, "media": "a.mp3", "media-time": 12}) == (
        ["00:03We waited.", "For long."],
        [("comments", "paragraph 1", "so"), ("other words", "media", "a.mp3")],
    )


def test_long_place_is_cut():
    inner = {"text": "One.", "note": "x"}
    for _ in range(50):
        inner = {"within": inner}
    assert read(inner) == (["One."], [("other words", "within." * 28 + "with", "x")])


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (
            '{"segments": [\n  {"text": "One."} {"text": "Two."}]}',
            "breaks off or is damaged in line 2, column 20; export it",
        ),
        ('{"segments": [{"text": "One', "breaks off or is damaged in line 1, column 24; export it anew"),
        ('{"text": "One."}\nTwo.', "breaks off or is damaged in line 2, column 1; export it anew"),
        ("[" * 100_000, "has parts within parts more deeply than is read; export it anew"),
        ("{}", "has no words under a name such as “text”, “transcript” or “segments”; export it anew"),
        ("", "has no words under a name such as"),
        ("5", "has no words under a name such as"),
        ('"One."', "has no words under a name such as"),
        ('{"segments": [], "text": {"alternatives": 1, "words": 2}}', "has no words under a name such as"),
    ],
)
def test_what_cannot_be_read_is_named_with_a_remedy(file, message):
    with pytest.raises(SpeechError) as caught:
        read_speech(file)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    "results",
    [
        {"speaker_labels": {"segments": {"items": 1}}, "items": 5},
        {"speaker_labels": 1},
        [1],
        "x",
        {"items": [{"x": 1}]},
    ],
)
def test_labels_of_another_form_are_passed_over(results):
    assert read({"results": results, "text": "One."})[0] == ["One."]


ROLES = [*WORDS, *PARTS, *SPEAKERS, *TURNS, *SINGLE_WORDS, *NAMES_OF_SPEAKERS, *KEYS_OF_SPEAKERS, *ALTERNATIVES]
NAMES = st.sampled_from(sorted({*ROLES, "type", "Text", "language", "0", "1", "start_time", "media", "media-time"}))
STRINGS = st.sampled_from(["@", " @", "@.", "<p>@", "@\n@", "punctuation", "A", " ", "zq0zq"])


def written(pairs):
    """Return an object in JSON, which may have several values of one name."""
    return "{" + ",".join(f"{json.dumps(name)}:{value}" for name, value in pairs) + "}"


VALUES = st.recursive(
    STRINGS.map(json.dumps) | st.sampled_from(["1", "2.5", "true", "null"]),
    lambda inner: (
        st.lists(inner, max_size=4).map(lambda values: f"[{','.join(values)}]")
        | st.lists(st.tuples(NAMES, inner), max_size=5).map(written)
    ),
    max_leaves=25,
)
SEGMENT = st.lists(st.tuples(NAMES, VALUES), max_size=4).map(lambda pairs: written([("text", '"@"'), *pairs]))
FILES = st.lists(st.tuples(NAMES, VALUES), max_size=4).flatmap(
    lambda pairs: st.lists(SEGMENT, min_size=1, max_size=3).map(
        lambda segments: written([*pairs, ("segments", f"[{','.join(segments)}]")])
    )
)


@pytest.mark.untraced
@given(st.lists(FILES, min_size=1, max_size=2).map("\n".join))
def test_no_planted_word_is_lost(file):
    first, *others = file.split("@")
    planted = [f"zq{number}zq" for number in range(len(others))]
    whole = first + "".join(word + other for word, other in zip(planted, others, strict=True))

    try:
        reading = read_speech(whole)
    except SpeechError as error:  # then the file is not taken at all
        if not str(error).startswith("has no words"):
            raise
        return

    found = " ".join([reading.text, *(entry.words for entry in reading.left_out)])
    assert [word for word in planted if word not in found] == []
