"""Words of the trades that comment spam serves; it knows words, not whether a comment that uses them is honest."""

import functools
from typing import Final

# Word -> trade. An honest comment may use any of them, so they are evidence only, and none on a page about the trade.
# Given names, family names and words for people are left out, though brands and trades have taken some of them (Louis,
# Jordan, Ed, Bandar): nobody's name is evidence.
_WORDS: Final[dict[str, str]] = {
    "pharmacy": """
        viagra cialis levitra sildenafil tadalafil vardenafil kamagra xanax valium ambien tramadol phentermine adderall
        modafinil propecia clomid nolvadex prednisone amoxicillin azithromycin doxycycline ivermectin metformin lasix
        lipitor zithromax prozac zoloft oxycontin oxycodone hydrocodone vicodin percocet alprazolam diazepam
        lorazepam pharmacy pharmacies pharmaceutical pill pills tablets prescription drugstore erectile dysfunction
        enlargement enhancement testosterone steroids steroid sarms cbd thc kratom viagara vigra apotheke potenzmittel
        farmacia pharmacie rezeptfrei виагра сиалис аптека таблетки дженерик meds generic""",
    "gambling": """
        casino casinos poker slots slot roulette blackjack baccarat betting bet bets jackpot sportsbook bookmaker bookie
        gambling wager togel judi gacor maxwin sbobet pragmatic rtp scatter spins bingo lottery lotto
        1xbet vulkan casinò kasino spielautomaten apuestas tragamonedas казино ставки слоты букмекер вулкан рулетка
        deposito bonus jackpots wd zeus olympus 카지노 토토 바카라 슬롯 赌场 博彩 娱乐城 canlı bahis """,
    "loans": """
        loan loans payday lender lenders mortgage refinance refinancing credit debt insurance insurer quotes annuity
        advance kredit darlehen prestamo prestamos credito займ займы кредит кредиты микрозайм ипотека pinjaman
        forex trading trader broker brokers binary fx investment invest investor investors profit profits """,
    "crypto": """
        bitcoin btc ethereum eth usdt tether crypto cryptocurrency cryptocurrencies blockchain wallet airdrop nft token
        presale altcoin mining dogecoin binance coinbase metamask биткоин крипта криптовалюта криптовалюты""",
    "replica": """
        replica replicas vuitton gucci prada rolex watches handbag handbags handtaschen ugg
        uggs jordans nike adidas yeezy moncler oakley raybans sunglasses jerseys outlet wholesale
        burberry kors balenciaga timberland scarpe borse abercrombie
        lululemon northface fitflop nfl""",
    "adult": """
        porn porno xxx sex sexy escort escorts nude nudes naked webcam webcams camgirl camgirls milf hentai erotic
        erotica dating hookup hookups singles fetish onlyfans tits pussy blowjob anal teen teens sluts slut
        massage порно секс эскорт проститутки знакомства шлюхи индивидуалки bokep sexo""",
    "essays": """
        essay essays dissertation thesis coursework homework assignment assignments termpaper papers writer writers
        plagiarism диплом дипломы реферат курсовая аттестат""",
    "seo": """
        seo backlink backlinks serp ranking rankings traffic visitors followers subscribers subscribe likes keyword
        keywords webmaster webmasters adsense affiliate affiliates marketing marketer optimization optimisation monetize
        monetise hosting domain domains plugin xrumer scrapebox gsa indexing indexed pbn раскрутка продвижение накрутка
        подписчики suscriptores""",
    "earning": """
        earn earning earnings income paycheck payout millionaire wealthy hourly telegram whatsapp skype guaranteed
        opportunity recruiter hiring vacancy freelance заработок заработать доход вакансия подработка удаленная""",
    "diet": """
        keto diet diets weight slimming garcinia cambogia detox supplement supplements fat abs belly metabolism
        bodybuilding muscle cellulite acne wrinkles collagen skincare probiotics похудение похудеть""",
    "cracks": """
        keygen crack cracked warez torrent torrents serial activator hack hacks hacker hackers cheats cheat generator
        coins gems robux vbucks unlimited mod apk downloader converter iptv unlock spyware взлом скачать бесплатно""",
    "occult": """
        spell spells caster herbalist herbal voodoo psychic astrologer astrology lottery illuminati reunite ex-lover
        herpes cure cured vashikaran прогон гадание приворот магия""",
    "trade": """
        buy cheap cheapest discount discounts coupon coupons promo sale wholesale clearance bargain
        deals shipping purchase купить цена цены заказать доставка недорого
        интернет-магазин kaufen billig günstig acheter comprar barato satın jual beli murah 代办 优惠""",
    "services": """
        plumber plumbing plumbers roofing roofer roofers locksmith locksmiths movers moving attorney attorneys lawyer
        lawyers dentist dentists chiropractor hvac contractor contractors remodeling repair repairs towing limo
        limousine realtor realtors landscaping pest exterminator carpet cleaners janitorial rehab drywall
        ремонт окна двери такси перевозки грузоперевозки""",
}

# What spam of any trade does: it bids people to do something, and it flatters a page it has not read. Such words are
# never a page's own subject, however often the page uses them.
_MANNERS: Final[dict[str, str]] = {
    "action": """
        click visit contact order apply join register signup download call inbox enroll hurry klicken besuchen besucht
        bestellen anmelden cliquez visitez contactez inscrivez visita visite visiten contacto clicca clique acesse
        inscreva cadastre перейдите заходите пишите звоните жмите переходи tıkla kunjungi hubungi klik daftar kliknij
        zapraszam bezoek""",
    "praise": """
        great nice good awesome amazing excellent superb wonderful fantastic brilliant terrific outstanding informative
        helpful useful interesting impressive valuable quality post posts article articles blog blogs blogging site
        website weblog web page webpage content info information bookmark bookmarked sharing shared keep thanks thank
        admin visitor theme layout topic knowledge regards beitrag artikel seite webseite toller merci partage article
        sitio compartir articolo sito artigo parabéns сайт статья блог wpis strona güzel paylaşım makale bermanfaat""",
}

WORD_TOPIC: Final[dict[str, str]] = {
    word: topic for topic, words in {**_MANNERS, **_WORDS}.items() for word in words.split()
}
MANNERS: Final = frozenset(_MANNERS)

# Parts of host names and paths, where words stand without spaces; long enough not to hide in other words.
_STEMS: Final[dict[str, str]] = {
    "pharmacy": "viagra cialis levitra sildenafil tadalafil pharma pills drugs meds steroid rxonline tablet apteka cbd",
    "gambling": "casino poker slots betting gambl roulette jackpot togel judi gacor sbobet 1xbet vulkan bandar kazino",
    "loans": "loan payday mortgage credit kredit insurance forex trading zaim debt refinanc invest broker",
    "crypto": "bitcoin crypto coinbase blockchain airdrop ethereum",
    "replica": """
        replica vuitton gucci rolex handbag outlet jersey wholesale moncler oakley sunglasses nikeair jordans ugg""",
    "adult": "porn xxx escort sexcam webcam nude hentai erotic hookup adultdat milf bdsm",
    "essays": "essay dissertation termpaper coursework homework diplom assignmenthelp",
    "seo": "seo backlink ranking webtraffic followers marketing webhost linkbuild adsense promot",
    "earning": "earnmoney makemoney getrich workfromhome income easycash",
    "diet": "weightloss dietpill loseweight garcinia keto slimming supplement fatburn detox acne",
    "cracks": "keygen crack torrent warez hacktool cheat generator freedownload iptv apk",
    "occult": "spellcast psychic astrolog vashikaran",
    "trade": "cheap discount coupon buyonline forsale bestprice kupit magazin shoponline onlineshop promocode",
    "services": "plumb roofing locksmith movers attorney lawyer dentist hvac remodel towing limo realty carpet rehab",
}
_STEM_TOPIC: Final = tuple((stem, topic) for topic, stems in _STEMS.items() for stem in stems.split())


def listed(words: list[str]) -> list[str]:
    """The trade or manner of each different listed word among folded words."""
    return [WORD_TOPIC[word] for word in WORD_TOPIC.keys() & words] if words else []


def word_topics(words: list[str]) -> set[str]:
    """The trades whose words occur among folded words."""
    return set(listed(words)) - MANNERS


# Words of trades that are given or family names too (Loan is Vietnamese, Keto Georgian, Rehab Arabic, Slot Dutch):
# alone they say nothing in an author's name.
_NAMES_TOO: Final = """
    bets billig caster coins crack fat hack hacker jackpots judi keto likes loan lotto mining nike papers pest prada
    quotes rehab sale scatter seo serial slot slots spell token trader traffic vulkan wager weight writer"""
_ALSO_NAMES: Final = frozenset(_NAMES_TOO.split())


def name_topics(words: list[str]) -> set[str]:
    """The trades whose words occur in an author's name; what may be a person's name counts in twos only."""
    found = WORD_TOPIC.keys() & words
    unsure = [WORD_TOPIC[word] for word in found & _ALSO_NAMES]
    sure = {WORD_TOPIC[word] for word in found - _ALSO_NAMES}
    return (sure | {topic for topic in unsure if unsure.count(topic) > 1}) - MANNERS


@functools.lru_cache(maxsize=8192)
def address_topics(address: str) -> frozenset[str]:
    """The trades whose words occur anywhere in a web address, hyphens ignored."""
    joined = address.lower().replace("-", "")
    return frozenset(topic for stem, topic in _STEM_TOPIC if stem in joined)


def address_stems() -> list[str]:
    """The parts of web addresses that are looked for."""
    return [stem for stem, _ in _STEM_TOPIC]
