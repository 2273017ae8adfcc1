"""Templates of honest blog comments, of our own making: the kinds that spam filters like to get wrong."""

from typing import Final

# family -> (texts, pages); where there are pages, the comment stands under one of them.
HONEST: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "thanks": (
        (
            "{Thanks|Thank you|Thanks a lot|Many thanks}{!|.|, <post_author>!|, this helped.|, that was useful.}",
            "{Thanks|Thank you} for {writing this up|the explanation|sharing this|the recipe|the tip about <thing>}, {it saved me an hour|I had been wondering about that|it worked the first time|my <person> will love it}.",
            "{Great post|Lovely post|Nice write-up|Good article}, <post_author>. {I especially liked|What stayed with me was|I had not thought of} {the part about|your point on} <thing>.",
            "{Beautiful|Gorgeous|Stunning} {photos|pictures}! {Where was the third one taken?|The light in the second one is lovely.|Makes me want to go back to <city>.}",
            "{This|The <thing>} {made my day|made me laugh|made me cry a little}. {Thank you.|Hugs.|Happy birthday to your <person>!}",
            "{Congratulations|Congrats} {on|to} {the new job|the baby|ten years of blogging|the book}, {<post_author>|you two}! {So happy for you.|Well deserved.|Can't wait to read it.}",
            "{I love this|Love it|Brilliant|Awesome|So true|Same here|Me too}{!|.| :)|, thanks!}",
            "{I have been reading|I've read} {this blog|you|your posts} for {years|a while|ages} and {never commented|this is my first comment}, but {this one|the piece about <thing>} {really spoke to me|is so good|deserves a thank you}.",
        ),
        (),
    ),
    "disagree": (
        (
            "{I disagree|I don't agree|Sorry, but no|I'm not convinced}. {The|Your} {point about|argument on} <thing> {ignores|leaves out|misses} {the cost|what happened in <year>|people who cannot afford it|half of the story}.",
            "{You are wrong about|That is not true of} <thing>. {I worked in that field|I lived in <city>} for <age> years and {it was nothing like that|nobody ever did it that way}.",
            "{With respect|Honestly}, {this is nonsense|this makes no sense|this is a bit unfair}. {Read|Have you read} the {report|law|original paper} {before you write about it|at all}?",
            "{Typical|What a load of rubbish|Oh please}. {The same people|They} said {that|the same} about <thing> in <year>{.| and look what happened.}",
            "@<first>: {I see what you mean|fair enough|that's not what he said}, {but|still,} {the <thing> is a different matter|you can't compare <thing> with <thing>}.",
        ),
        (),
    ),
    "question": (
        (
            "{Does|Will|Would} {this|it|that} {work|also work|still work} {with|on|for} {<thing>|version <age>|Windows|a Mac|<thing> too}? {I tried|I get} {an error|it and nothing happened}.",
            "{How long|How much|How often} {do you|did you|should I} {cook|water|wait for|leave} the <thing>? {Mine|The one I have} {went brown|took ages|looks different}.",
            "{Where|When} {did you|can I|do you} {buy|get|find} {the|that} <thing>? {I can't find it|Nobody has it} {here in <city>|in the shops}.",
            "{Can you|Could you} {explain|say more about|post a photo of} {the <thing>|step <age>}? {I got lost there.|Thanks!|I'm a beginner.}",
            "{What|Which} {camera|lens|theme|yarn|flour|editor} {did you use|is that|do you recommend}? {Thanks in advance|It looks great}.",
        ),
        (),
    ),
    "source": (
        (
            "{There is|Here's} {a good|the original|a longer} {paper|article|thread|talk|map} {on this|about <thing>}: <honest_link>",
            "{See also|Compare|For comparison:} <honest_link> {and|,} <honest_link>",
            "I {wrote|blogged} about {<thing>|the same thing} {last year|in <year>|a while ago}: <honest_link> {Curious what you think.|Your version is better.|}",
            "{According to|If you look at} <honest_link> {the number is|it was} <num>, not <num>.",
            "The link {to|in paragraph <age>} {is broken|gives a 404}, {the new one is|it has moved to} <honest_link>",
            "{Source|Citation}: <honest_link>",
            "<a href=\"<honest_link>\">{This|Here|The documentation}</a> {says|explains|has} {the opposite|more on <thing>|a better example}.",
        ),
        (),
    ),
    "code": (
        (
            "{In|On} line <age> it should be `if (n <= <num>)`{, otherwise| or} {it crashes|you lose the last item}.",
            "I get `TypeError: <thing> is not a function` {when I run|with} npm {install|start}. {Node|Python} version <age>.<age>. {Any idea?|What am I doing wrong?}",
            "{You can|Simpler:} {do|write} `for i in range(<num>): print(i)` {instead|without the loop}.",
            "{Try|Did you try} `sudo apt install <thing>` {first|and reboot}? {Worked for me on|I'm on} Debian <age>.",
            "git clone <honest_link> && make {fails|works} {for me|on my machine} with gcc <age>.<num>",
        ),
        (),
    ),
    "correction": (
        (
            "{Small correction|Typo|Nitpick}: it {was|is} <year>, not <year>{.|, I think.}",
            "{You wrote|It says} \"<thing>\" {twice|in the second paragraph}, {you probably meant|should be} \"<thing>\".",
            "{His|Her} name is spelled <last>{, without the h|, with two s|}. {Otherwise great read!|Sorry to nitpick.}",
        ),
        (),
    ),
    "story": (
        (
            "{My|Our} <person> {used to|would} {make|tell us about|grow} <thing> {every summer|in <city>|when I was little}. {I still have|We kept} {her|his} {notebook|recipe|photos}.",
            "{We|I} {moved|went} to <city> in <year> {and|,} {the first thing|what} {I noticed|struck me} was {the <thing>|how quiet it was|the smell of <thing>}.",
            "{I tried|I made|We made} {this|the <thing>} {last weekend|yesterday|for <person>'s birthday} {and it turned out|, it was} {great|a bit dry|better than expected}. {I used less sugar.|Next time with <thing>.|The kids loved it.}",
            "{I lost|We lost} my <person> {last year|in <year>} and {your post|this} {brought it all back|helped}. {Thank you for writing it.|Take care.}",
            "{Three|Two|Five} years ago I {quit my job|started running|bought a <thing>}. {Best decision ever.|I regret it sometimes.|Still going.}",
        ),
        (),
    ),
    "short": (
        (
            "{lol|haha|Ha!|Indeed.|Exactly.|This.|+1|Agreed|First!|Yes!|No.|Why?|Wow|Oh no|Nice|Cool|Hmm|Good point|Well said|So sorry|RIP|Love this|Same|:-)|What?|True|Subscribing to the comments|Following}",
        ),
        (),
    ),
    "medicine": (
        (
            "{My doctor|Our GP} {prescribed|put me on} <drug> {last year|after the operation} and {the side effects were|it was} {awful|mild|worse than the illness}. {Did you|Has anyone} {have|had} {the same|headaches too}?",
            "{Is|Isn't} <drug> {dangerous|safe} {together with alcohol|during pregnancy|for older people}? {The leaflet|My pharmacist} says {no|yes}, {you say|the study says} otherwise.",
            "{Generic|The generic} <drug> {costs|is} {a tenth|half} of the {brand price|brand} {here in <city>|in Europe}, {the patent|the price} is the scandal.",
            "{The trial|The study} you {quote|mention} had {only|just} <num> patients{.|, and no control group.} {I would not|Nobody should} {buy|take} pills {because of it|on that evidence}.",
        ),
        ("{New study on|What we know about|My year with|The price of} <drug>;medicine;The {pharmacy|prescription|pills} question: {patients|doctors} and <drug>",),
    ),
    "money": (
        (
            "{We refinanced|I refinanced} {our|my} mortgage in <year> and the {credit|loan} {broker|bank} {took|kept} {a fee|<age>%}. {Read the small print.|Never again.}",
            "{Payday loans|Credit cards|These loans} {ruined|nearly ruined} my <person>. {They should be illegal.|The interest was <num>%.|Why is that allowed?}",
            "{Bitcoin|Crypto} {uses|needs} {too much|more} {energy|electricity} {than|as} {Norway|a small country}. {I sold mine in <year>.|I still don't see the use.|Your chart stops in <year>, why?}",
            "{I don't think|I doubt} {insurance|investors|the broker} {would pay|will cover} {that|flood damage}. {Ours|My claim} was {refused|settled} after <age> months.",
        ),
        ("{How|Why} {loans|credit|bitcoin|insurance} {work|fail us};money, finance;{Debt|Mortgage|Investment|Crypto} and {families|students}",),
    ),
    "gambling_talk": (
        (
            "{My|A} <person> lost {his house|everything} {playing|to} {slots|online poker|betting}. {The casino|The bookmaker} {knew|did nothing}. {Ban the advertising.|It is a disease.}",
            "{The odds|The house edge} {on|in} roulette {are|is} {2.7%|5.26%} {with|not} {one zero|two zeros}. {Nice article otherwise.|Check the table.}",
            "{I worked|My sister worked} in a casino {in <city>|for <age> years}: {the free drinks|the jackpots} {are|were} {no accident|part of the plan}.",
        ),
        ("{The|A history of the} {casino|betting|poker|slot machine} {business|law};gambling;{Roulette|Poker|Jackpot} and {mathematics|addiction}",),
    ),
    "other_languages": (
        (
            "{Vielen Dank|Danke} für {den Artikel|das Rezept|die schönen Fotos}{!|, das hat mir sehr geholfen.} {Bei mir hat es|Es hat} {leider|auch} {nicht|gut} geklappt.",
            "{Ich sehe das anders|Das stimmt so nicht}: {die Zahlen|die Kosten} {von <year>|in <city>} {waren|sind} {höher|ganz andere}. {Quelle?|Gruß, <first>}",
            "{Merci|Merci beaucoup} pour {cet article|la recette|ces photos}{ !|, je vais essayer.} {Très intéressant.|On se croirait à <city>.}",
            "{Gracias|Muchas gracias} por {el artículo|compartir|la receta}{.|, me ha servido mucho.} {¿Se puede hacer sin <thing>?|Un saludo desde <city>.|No estoy de acuerdo con lo último.}",
            "{Grazie|Complimenti} per {l'articolo|la ricetta|le foto}{!|, molto utile.} {Posso usare|Va bene anche} il forno {a gas|ventilato}?",
            "{Спасибо|Большое спасибо} за {статью|рецепт|фотографии}{!|, очень помогло.} {А у меня не получилось.|Жду продолжения.|Согласна с автором.}",
            "{Не согласен|Я думаю, вы ошибаетесь}: {в <year> году|раньше} {всё было иначе|цены были другие}. {Откуда такие данные?|Есть ссылка на источник?}",
            "{Obrigado|Obrigada} {pelo artigo|pela receita}{!|, ajudou muito.} {Funciona também com <thing>?|Abraço de <city>.}",
            "{Dank je wel|Bedankt} voor {het artikel|de tip}{!|, heel nuttig.} {Werkt dit ook met <thing>?|Groeten uit <city>.}",
            "{記事|写真}{をありがとうございます|がとてもきれいですね}。{また読みに来ます。|勉強になりました。}",
            "{谢谢|感谢}{分享|楼主}，{很有用|写得很好}。{请问第二步怎么做？|我也遇到过同样的问题。}",
            "{Dzięki|Dziękuję} za {wpis|przepis}{!|, bardzo pomocny.} {U mnie nie działa.|Pozdrawiam z <city>.}",
            "{Teşekkürler|Elinize sağlık}, {çok güzel bir yazı|çok faydalı oldu}{.|!} {Bence yanılıyorsunuz.|Devamını bekliyorum.}",
        ),
        (),
    ),
}
