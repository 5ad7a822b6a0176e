"""The files of two customers who come from another system."""

from __future__ import annotations

LANGUAGES = ("en", "pt_BR")
FILES = {
    "accounts": (
        "key,name,type,currency,country,time_zone,language,opening_balance\n"
        "A1,Aurora Lda,online,EUR,PT,Europe/Lisbon,en,12.50\n"
        'B2,"Bento, Filhos",corporate,JPY,JP,Asia/Tokyo,en,\n'
    ),
    "people": (
        "account,email,name,role\n"
        "A1,Ana@Aurora.example,Ana,billing_contact\n"
        "A1,ana@aurora.example,Ana,viewer\n"
        "B2,bo@bento.example,Bo,billing_contact\n"
    ),
    "subscriptions": "account,product,plan,seats,frequency,began\nA1,assist,standard,2,monthly,2026-01-31\n",
    "seats": "account,product,email\nA1,assist,x@aurora.example\nA1,assist,y@aurora.example\n",
}
