"""Synthetic support tickets with exact answers.

Every ticket is a pure function of (seed, index): nothing is stored, everything can be made again. The answer is one compact JSON
line whose fields are either copied from the ticket (order, amount, name), normalised (date) or classified (intent, product,
urgency).

    ticket(seed, index)                 a plain ticket, as in the held-out set
    ticket(seed, index, style="long")   with a lot of idle talk around it
    training_ticket(seed, index)        the training mixture: mostly plain, some noisy, long or with a system text
"""
import json
import random
from dataclasses import dataclass

FIELDS = ["intent", "order", "product", "date", "amount", "name", "urgency"]

PRODUCTS = [
    "desk lamp", "usb hub", "rain jacket", "coffee grinder", "office chair", "water bottle", "phone case", "hiking boots",
    "garden hose", "table fan", "air pump", "bike helmet", "yoga mat", "travel pillow", "kitchen scale", "toaster oven",
    "wall clock", "power drill", "camping stove", "guitar stand", "baby monitor", "dog leash", "wool blanket", "laptop sleeve",
    "tea kettle", "shower head", "paint roller", "picture frame", "solar charger", "fishing rod", "door lock", "book shelf"]

MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December"]

NAME_START = ["Mar", "Ka", "Lo", "Te", "Jo", "Ni", "Sa", "Vi", "Be", "Do", "Fe", "Ga", "Ha", "Il", "Ru", "Pe", "Os", "Ur",
              "Zo", "Ye"]
NAME_MIDDLE = ["ra", "li", "mon", "vel", "dro", "sha", "tin", "bo", "ku", "ne", "pi", "sto", "wan", "gur", "fa", "cho"]
NAME_END = ["ta", "na", "s", "n", "k", "ris", "del", "mo", "x", "bert", "ga", "lin"]

INTENTS = {  # {p} is the product of the ticket, {q} another one
    "refund": ["I want my money back for the {p}", "please refund the {p}", "I would like a refund for my {p}",
               "kindly return the payment I made for the {p}", "I sent the {p} back and still wait for the money",
               "the {p} is not for me, can you pay me back"],
    "exchange": ["I would like to swap the {p} for another size", "can I exchange the {p} for a different colour",
                 "the {p} does not fit, please send a bigger one instead", "is it possible to trade the {p} for the other model",
                 "I need a different version of the {p}, how do I switch"],
    "late": ["my {p} has still not arrived", "where is my {p}", "the {p} should have been here last week",
             "the courier never came with the {p}", "tracking of the {p} did not move for days",
             "I am still waiting for delivery of the {p}"],
    "damaged": ["the {p} arrived broken", "there is a crack in the {p}", "the {p} came with a big dent",
                "when I opened the box the {p} was smashed", "the {p} was scratched all over on arrival",
                "parts of the {p} fell off as I unpacked it"],
    "wrong_item": ["I got a {q} instead of the {p}", "you sent me a {q} but I bought the {p}",
                   "the parcel had a {q} in it and not my {p}", "I ordered the {p} and received a {q}"],
    "billing": ["I was charged twice for the {p}", "the invoice for the {p} shows the wrong sum",
                "my card was billed two times for the {p}", "the price on the bill for the {p} is too high",
                "the discount code was not applied to the {p}"],
    "cancel": ["please cancel the {p}", "I changed my mind and do not want the {p} any more", "stop the shipment of the {p}",
               "I need to call off my purchase of the {p}", "do not send the {p}, I no longer need it"],
    "warranty": ["the {p} stopped working after two months", "the {p} died and I think it is under warranty",
                 "is the {p} covered by the guarantee, it does not turn on", "the {p} failed within a year, please repair it",
                 "after some weeks of use the {p} gave up, I want it repaired"]}

URGENCY = {"high": ["this is urgent", "I need an answer today", "please hurry", "I can not wait any longer", "reply at once"],
           "low": ["no rush", "take your time", "whenever you have a moment", "it is not pressing", "there is no hurry"],
           "normal": ["", "", "thank you", "looking forward to your reply", "please let me know"]}

FILLER = ["I have been a customer for years", "my neighbour told me about your shop", "I hope you are well",
          "the weather was bad that week", "your web page is hard to use", "I already wrote to you before",
          "nobody picks up the phone at {n4}", "I live on floor {n1}", "my old ticket was {n4}",
          "I spoke with {other} from your team", "a colleague named {other} could not help"]
IDLE_TALK = FILLER + [
    "the picture on the box looked nice", "we moved to a new flat in spring", "my sister has the same one and is happy with it",
    "the driver left a note at the door", "I looked through all the pages of help first", "it was meant as a gift",
    "there were {n1} people before me in the line", "the shop in our town closed", "the chat window did not open",
    "I waited for {n1} weeks before I wrote", "{other} from next door took the parcel", "I am not at home in the morning"]
SYSTEM = ["You are a triage assistant.", "Answer in JSON only.", "You sort support tickets. Reply with one line of JSON.",
          "Extract the fields of the ticket.", "You are a helpful assistant.", "Be short and exact.",
          "You are a support agent of a shop. Fill in intent, order, product, date, amount, name and urgency."]
GREETING = ["hello", "hi", "dear team", "good morning", "hey there", "to whom it may concern", ""]
INTRODUCTION = ["my name is {name}", "this is {name}", "{name} here", "I am {name}"]
SIGNATURE = ["regards, {name}", "best, {name}", "thanks, {name}", "yours, {name}", "{name}"]
ORDER = ["order {o}", "order number {o}", "my order is {o}", "the order id is {o}", "ref {o}", "see {o}", "purchase {o}"]
OTHER_ORDER = ["not the earlier one {d}", "my other order {d} was fine", "please ignore {d}"]
DATE = ["bought on {t}", "ordered on {t}", "I paid on {t}", "it was placed on {t}", "purchase date {t}"]
AMOUNT = ["I paid {a}", "the total was {a}", "it cost {a}", "{a} was taken from my card"]

# zero-width, bidirectional, no-break, combining and control characters, pictographs, CJK, Cyrillic, Arabic
STRAY = (["\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067",
          "\u2069", "\u00a0", "\u00ad", "\u0301", "\u0336", "\u0007", "\u001b", "\u007f", "\u2026", "\u2014", "\u201d", "\u2019",
          "\u00e9", "\u00df"]
         + list("😀🔥📦👍🙏💥") + ["订单", "注文", "客服", "заказ", "طلب", "\t"])


@dataclass
class Ticket:
    text: str
    answer: str
    fields: dict
    system: str = ""


def customer(rng):
    return rng.choice(NAME_START) + rng.choice(NAME_MIDDLE) + (rng.choice(NAME_END) if rng.random() < 0.7 else "")


def order_id(rng):
    return rng.choice("ABCDEFGH"), "".join(rng.choice("0123456789") for _ in range(5))


def spell_order(rng, order):
    letter, digits = order
    x = rng.random()
    if x < 0.6:
        return f"{letter}-{digits}"
    if x < 0.75:
        return f"#{letter}-{digits}"
    if x < 0.9:
        return f"{letter}{digits}"
    return f"{letter.lower()}-{digits}"


def typo(rng, word):
    """One letter of the word lost, doubled, swapped with the next or replaced."""
    if len(word) < 4:
        return word
    i = rng.randrange(1, len(word) - 1)
    kind = rng.randrange(4)
    if kind == 0:
        return word[:i] + word[i + 1:]
    if kind == 1:
        return word[:i] + word[i] + word[i:]
    if kind == 2:
        return word[:i] + word[i + 1] + word[i] + word[i + 2:]
    return word[:i] + rng.choice("abcdefghijklmnopqrstuvwxyz") + word[i + 1:]


def add_typos(rng, text, share):
    """Garbles lower-case words only: ids, amounts and names stay readable, because their answer must stay recoverable."""
    words = []
    for word in text.split(" "):
        core = word.strip(",.!?")
        if core.isalpha() and core.islower() and rng.random() < share:
            word = word.replace(core, typo(rng, core))
        words.append(word)
    return " ".join(words)


def add_stray_characters(rng, text):
    """Puts 1..8 stray characters beside blanks, or now and then inside a lower-case word."""
    words = text.split(" ")
    for _ in range(rng.randrange(1, 9)):
        i = rng.randrange(len(words))
        stray = rng.choice(STRAY)
        if words[i].isalpha() and words[i].islower() and rng.random() < 0.3:
            at = rng.randrange(len(words[i]))
            words[i] = words[i][:at] + stray + words[i][at:]
        else:
            words.insert(i, stray)
    return " ".join(words)


def make_ticket(rng, typos=0.03, style="plain"):
    """style: plain, stray (odd Unicode), long (idle talk), system (a system text goes with it)."""
    intent, product = rng.choice(list(INTENTS)), rng.choice(PRODUCTS)
    other_product = rng.choice([x for x in PRODUCTS if x != product])
    order, other_order = order_id(rng), order_id(rng)
    name, other_name = customer(rng), customer(rng)
    month, day = rng.randrange(12), rng.randrange(1, 29)
    amount = f"{rng.randrange(5, 400)}.{rng.randrange(0, 100):02d}"
    urgency = rng.choice(list(URGENCY))
    fields = {"intent": intent, "order": f"{order[0]}-{order[1]}", "product": product, "date": f"{month + 1:02d}-{day:02d}",
              "amount": amount, "name": name, "urgency": urgency}

    first = rng.choice(INTENTS[intent]).format(p=product, q=other_product)
    clause = rng.choice(ORDER).format(o=spell_order(rng, order))
    if rng.random() < 0.25:
        clause += ", " + rng.choice(OTHER_ORDER).format(d=spell_order(rng, other_order))
    rest = [clause]
    if rng.random() < 0.75:
        short = MONTHS[month][:3]
        spelled = rng.choice([f"{day} {MONTHS[month]}", f"{MONTHS[month]} {day}", f"{day}. {short}", f"{short} {day}",
                              f"{month + 1:02d}/{day:02d}"])
        rest.append(rng.choice(DATE).format(t=spelled))
    else:
        fields["date"] = ""
    if rng.random() < 0.6:
        spelled = rng.choice([f"{amount} EUR", f"EUR {amount}", f"${amount}", f"{amount} dollars", f"{amount} euros"])
        rest.append(rng.choice(AMOUNT).format(a=spelled))
    else:
        fields["amount"] = ""
    fill = dict(other=other_name)
    if rng.random() < 0.5:
        rest.append(rng.choice(FILLER).format(n4=rng.randrange(1000, 9999), n1=rng.randrange(1, 9), **fill))
    if style == "long":
        for _ in range(rng.randrange(4, 30)):
            rest.append(rng.choice(IDLE_TALK).format(n4=rng.randrange(1000, 9999), n1=rng.randrange(1, 9), **fill))
    phrase = rng.choice(URGENCY[urgency])
    if phrase:
        rest.append(phrase)
    rng.shuffle(rest)
    rest.insert(0 if rng.random() < 0.7 else rng.randrange(len(rest) + 1), first)
    greeting = rng.choice(GREETING)
    if rng.random() < 0.45:
        rest = [rng.choice(INTRODUCTION).format(name=name)] + rest
    else:
        rest = rest + [rng.choice(SIGNATURE).format(name=name)]
    body = ([greeting] if greeting else []) + rest
    text = add_typos(rng, rng.choice([". ", ". ", ", ", "; ", "\n"]).join(body), typos)
    if rng.random() < 0.1:
        text = text.replace(" the ", " ")
    if rng.random() < 0.1:
        text = text.replace(" ", "  ", 2)
    if style == "stray":
        text = add_stray_characters(rng, text)
    answer = json.dumps({k: fields[k] for k in FIELDS}, separators=(",", ":"))
    return Ticket(text, answer, fields, rng.choice(SYSTEM) if style == "system" else "")


def ticket(seed, index, typos=0.03, style="plain"):
    return make_ticket(random.Random(seed * 1_000_003 + index), typos, style)


def training_ticket(seed, index):
    """86 % plain, 5 % stray characters, 5 % long, 4 % with a system text."""
    rng = random.Random(seed * 1_000_003 + index)
    style = rng.choices(["plain", "stray", "long", "system"], [86, 5, 5, 4])[0]
    return make_ticket(rng, style=style)


if __name__ == "__main__":
    for kind in ("plain", "stray", "long", "system"):
        sample = ticket(1, 0, style=kind)
        print(kind, repr(sample.system), sample.text, sample.answer, "", sep="\n")
