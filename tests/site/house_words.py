"""What a thing is called inside sentences, language by language, and the words of other houses for the same things.

The labels themselves stand in tests/data/labels.csv. These patterns hold whole sentences to them: whoever says the
first in English says the second in translation. Compounds and endings are the reason why they are patterns.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

SEAT = r"\bseats?\b"
SEAT_COUNT = r"\bseat count\b"
BILLING_CONTACT = r"\bbilling contacts?\b"
BILLING_FREQUENCY = r"\bbilling frequency\b"
BILLING_PERIOD = r"\bbilling period\b"
PAYMENT_METHOD = r"\bpayment method\b"
PENDING_CANCELLATION = r"\bpending cancellation\b"
SUBSCRIPTION = r"\bsubscriptions?\b"
ORDER_SUMMARY = r"\border summary\b"
PLACE_ORDER = r"\bplace (an |the |this )?order\b"
CART = r"\bcart\b"
CUSTOMER_CARE = r"\bcustomer care\b"
CORPORATE_SERVICES = r"\bcorporate account services\b"
BILLING_CENTER = r"\bbilling center\b"
CORPORATE_PORTAL = r"\bcorporate billing portal\b"
VAT_NUMBER = r"\bvat number\b"
EDIT_SUBSCRIPTION = r"“edit subscription”"
FREE_TRIAL = r"\bfree trial\b"
REPRESENTATIVE = r"\brepresentative\b"
INVOICE = r"\binvoices?\b"
PURCHASE_ORDER = r"\bpurchase orders?\b"
QUOTE = r"\bquotes?\b(?!-)"  # not the name of a file
CREDIT_NOTE = r"\bcredit notes?\b"


class HouseWords(NamedTuple):
    """The words of a language."""

    inside: Mapping[str, str]
    never: str
    seats: tuple[str, str, str]  # none, one, two of them


PORTUGUESE = HouseWords(
    {
        SEAT: r"\bestaç(ão|ões)\b",
        SEAT_COUNT: r"\bcontagem de estações\b",
        BILLING_CONTACT: r"\bcontatos? de cobrança\b",
        BILLING_FREQUENCY: r"\bfrequência de cobrança\b",
        BILLING_PERIOD: r"\bperíodo de cobrança\b",
        PAYMENT_METHOD: r"\bmétodo de pagamento\b",
        PENDING_CANCELLATION: r"\bcancelamento pendente\b",
        SUBSCRIPTION: r"\bassinaturas?\b",
        ORDER_SUMMARY: r"\bresumo do pedido\b",
        PLACE_ORDER: r"\befetu\w+ (\w+ )?pedido\b",
        CART: r"\bcarrinho\b",
        CUSTOMER_CARE: r"\bAtendimento ao Cliente\b",
        CORPORATE_SERVICES: r"\bServiços de Conta Corporativa\b",
        BILLING_CENTER: r"\bCentro de faturamento\b",
        CORPORATE_PORTAL: r"\bPortal de Cobrança Corporativa\b",
        VAT_NUMBER: r"\bNúmero de IVA\b",
        EDIT_SUBSCRIPTION: r"“Editar assinatura”",
        FREE_TRIAL: r"\bavaliação gratuita\b",
        REPRESENTATIVE: r"\brepresentante\b",
        INVOICE: r"\bfaturas?\b",
        PURCHASE_ORDER: r"\borde(m|ns) de compra\b",
        QUOTE: r"\bcotaç(ão|ões)\b",
        CREDIT_NOTE: r"\bnotas? de crédito\b",
    },
    r"\b(assentos?|licenças?|lugares|cesta|sacola|suporte|faturação|subscriç(ão|ões)|NIF|CNPJ|utilizador(es)?)\b",
    ("0 estação", "1 estação", "2 estações"),
)

SPANISH = HouseWords(
    {
        SEAT: r"\bpuestos?\b",
        SEAT_COUNT: r"\bnúmero de puestos\b",
        BILLING_CONTACT: r"\bcontactos? de facturación\b",
        BILLING_FREQUENCY: r"\bfrecuencia de facturación\b",
        BILLING_PERIOD: r"\bperíodos? de facturación\b",
        PAYMENT_METHOD: r"\bmétodo de pago\b",
        PENDING_CANCELLATION: r"\bcancelación pendiente\b",
        SUBSCRIPTION: r"\bsuscripci(ón|ones)\b",
        ORDER_SUMMARY: r"\bresumen del pedido\b",
        PLACE_ORDER: r"\breali\w+ (\w+ ){0,2}pedido\b",
        CART: r"\bcarrito\b",
        CUSTOMER_CARE: r"\bAtención al cliente\b",
        CORPORATE_SERVICES: r"\bServicios de cuentas corporativas\b",
        BILLING_CENTER: r"\bCentro de facturación\b",
        CORPORATE_PORTAL: r"\bPortal de facturación para empresas\b",
        VAT_NUMBER: r"\bNúmero de IVA\b",
        EDIT_SUBSCRIPTION: r"«Editar suscripción»",
        FREE_TRIAL: r"\bprueba gratuita\b",
        REPRESENTATIVE: r"\brepresentante\b",
        INVOICE: r"\bfacturas?\b",
        PURCHASE_ORDER: r"\b(orden|órdenes) de compra\b",
        QUOTE: r"\bpresupuestos?\b",
        CREDIT_NOTE: r"\bnotas? de abono\b",
    },
    r"\b(asientos?|licencias?|plazas?|cesta|soporte|suscriptor(es)?|cotizaci(ón|ones)|NIF|CIF|computadoras?|"
    r"representantes? de ventas|ud\.|usted puedes|tú|vosotros)\b",
    ("0 puestos", "1 puesto", "2 puestos"),
)

FRENCH = HouseWords(
    {
        SEAT: r"\bpostes?\b",
        SEAT_COUNT: r"\bnombre de postes\b",
        BILLING_CONTACT: r"\bcontacts? de facturation\b",
        BILLING_FREQUENCY: r"\bfréquence de facturation\b",
        BILLING_PERIOD: r"\bpériodes? de facturation\b",
        PAYMENT_METHOD: r"\bmode de paiement\b",
        PENDING_CANCELLATION: r"\bannulation en attente\b",
        SUBSCRIPTION: r"\babonnements?\b",
        ORDER_SUMMARY: r"\brécapitulatif de commande\b",
        PLACE_ORDER: r"\bpass\w+ (à nouveau )?(la |une |cette )?commande\b",
        CART: r"\bpanier\b",
        CUSTOMER_CARE: r"\bAssistance clientèle\b",
        CORPORATE_SERVICES: r"\bServices de compte d’entreprise\b",
        BILLING_CENTER: r"\bCentre de facturation\b",
        CORPORATE_PORTAL: r"\bPortail de facturation d’entreprise\b",
        VAT_NUMBER: r"\bnuméro de TVA\b",
        EDIT_SUBSCRIPTION: r"«\sModifier l’abonnement\s»",
        FREE_TRIAL: r"\bessai gratuit\b",
        REPRESENTATIVE: r"\breprésentant\b",
        INVOICE: r"\bfactures?\b",
        PURCHASE_ORDER: r"\bbons? de commande\b",
        QUOTE: r"\bdevis\b",
        CREDIT_NOTE: r"\bavoirs?\b",
    },
    r"\b(sièges?|licences?|corbeille|caddie|souscriptions?|forfaits?|moyens? de paiement|"
    r"notes? de crédit|SIRET|SIREN)\b",
    ("0 poste", "1 poste", "2 postes"),
)

GERMAN = HouseWords(
    {
        SEAT: r"sitz(e|en|es|inhaber)?\b",
        SEAT_COUNT: r"\bAnzahl der Sitze\b",
        BILLING_CONTACT: r"\bAbrechnungskontakt(e|en|s)?\b",
        BILLING_FREQUENCY: r"\bRechnungsintervalls?\b",
        BILLING_PERIOD: r"\bAbrechnungszeitr(aum|aums|äume|äumen)\b",
        PAYMENT_METHOD: r"\bZahlungsweisen?\b",
        PENDING_CANCELLATION: r"\b(Kündigung ausstehend|ausstehende Kündigung)\b",
        SUBSCRIPTION: r"abonnements?\b",
        ORDER_SUMMARY: r"\bBestellübersicht\b",
        PLACE_ORDER: r"\b(Bestellung (\w+ ){0,3}auf(zu)?geben|geben Sie (\w+ ){1,4}auf)\b",
        CART: r"\bWarenkorbs?\b",
        CUSTOMER_CARE: r"\bKundenservice\b",
        CORPORATE_SERVICES: r"\bCorporate Account Services\b",
        BILLING_CENTER: r"\bBilling Center\b",
        CORPORATE_PORTAL: r"\bCorporate Billing Portal\b",
        VAT_NUMBER: r"\bUSt-IdNr\.",
        EDIT_SUBSCRIPTION: r"„Abonnement bearbeiten“",
        FREE_TRIAL: r"\bkostenlosen? Testversion\b",
        REPRESENTATIVE: r"\bAnsprechpartners?\b",
        INVOICE: r"rechnung(en|s\w+)?\b",
        PURCHASE_ORDER: r"\bEinkaufsbestellung(en)?\b",
        QUOTE: r"angebot(e|en|s\w*)?\b",
        CREDIT_NOTE: r"\bGutschrift(en)?\b",
    },
    r"\b(Plätzen?|Plätze|Abos?|Support|Offerten?|Tickets?|Zahlungs(methode|art|mittel)n?|Nutzer\w*|Kostenvoranschl\w+|"
    r"Bestellanforderung\w*|Kundenbestellung\w*|Faktura|du|dein\w*)\b",
    ("0 Sitze", "1 Sitz", "2 Sitze"),
)

ITALIAN = HouseWords(
    {
        SEAT: r"\bpostazion[ei]\b",
        SEAT_COUNT: r"\bnumero di postazioni\b",
        BILLING_CONTACT: r"\bcontatt[oi] di fatturazione\b",
        BILLING_FREQUENCY: r"\bfrequenza di fatturazione\b",
        BILLING_PERIOD: r"\bperiod[oi] di fatturazione\b",
        PAYMENT_METHOD: r"\bmetodo di pagamento\b",
        PENDING_CANCELLATION: r"\bannullamento in sospeso\b",
        SUBSCRIPTION: r"\bsottoscrizion[ei]\b",
        ORDER_SUMMARY: r"\briepilogo ordine\b",
        PLACE_ORDER: r"\beffettu\w+ ((di nuovo )?l’|un |questo )?ordine\b",
        CART: r"\bcarrello\b",
        CUSTOMER_CARE: r"\bAssistenza clienti\b",
        CORPORATE_SERVICES: r"\bServizi per account Corporate\b",
        BILLING_CENTER: r"\bCentro fatturazione\b",
        CORPORATE_PORTAL: r"\bPortale di fatturazione Corporate\b",
        VAT_NUMBER: r"\bnumero di partita IVA\b",
        EDIT_SUBSCRIPTION: r"“Modifica sottoscrizione”",
        FREE_TRIAL: r"\bprova gratuita\b",
        REPRESENTATIVE: r"\brappresentante\b",
        INVOICE: r"\bfattur[ae]\b",
        PURCHASE_ORDER: r"\bordin[ei] di acquisto\b",
        QUOTE: r"\bpreventiv[oi]\b",
        CREDIT_NOTE: r"\bnot[ae] di credito\b",
    },
    r"\b(licenz[ae]|abbonament[oi]|offert[ae]|quotazion[ei]|modalità di pagamento|codice IVA|"
    r"supporto|ordin[ei] d’acquisto)\b",
    ("0 postazioni", "1 postazione", "2 postazioni"),
)

WORDS: Mapping[str, HouseWords] = {
    "pt_BR": PORTUGUESE,
    "es": SPANISH,
    "fr": FRENCH,
    "de": GERMAN,
    "it": ITALIAN,
}
