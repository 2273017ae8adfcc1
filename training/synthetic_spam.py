"""Templates of typical blog-comment spam, of our own making; they describe families, not a real message."""

from typing import Final

# family -> (texts, author names, author addresses); an empty address list means that most have none.
SPAM: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]]] = {
    "pharmacy": (
        (
            "{Buy|Order|Get|Purchase} {cheap|generic|discount|brand|real} <drug> {online|without prescription|no rx|overnight|with free shipping}. <url>",
            "<drug> <dose> mg {price|cost|coupon|side effects|dosage}, <drug> {for sale|online pharmacy|over the counter|canada}",
            "<a_open><drug> {online|price|generic}<a_close> <a_open>buy <drug><a_close> <a_open>cheap <drug> no prescription<a_close>",
            "{canadian|online|trusted|mexican} pharmacy {review|24h|no script|world}: <url> <drug> <drug> <drug>",
            "{Where can i|How to|Where to} {buy|get|order} <drug> {in usa|in uk|online|without a doctor|for men}? {Try|See|Visit} <url>",
            "{I was suffering from|My husband had} {ED|erectile dysfunction|hair loss|anxiety} and {found|ordered} <drug> {here|from this pharmacy}: <url> {It works!|Fast delivery.|Discreet packaging.}",
            "[url=<url>]{buy|order|cheap} <drug>[/url] <drug> {tablets|pills|capsules} {lowest price|best price|fast delivery}",
        ),
        ("<drug>", "buy <drug>", "cheap <drug> online", "<drug> price", "online pharmacy", "<first>", "<first><num>"),
        ("<spam_url>",),
    ),
    "gambling": (
        (
            "{Best|Top|New|Trusted} {online casino|casino site|slot site|poker room|sports betting site} {with|offering} {no deposit bonus|<num> free spins|huge jackpots|welcome bonus}: <url>",
            "{Play|Try|Enjoy} {slots|roulette|blackjack|baccarat|live poker|bingo} {online|for real money|for free} and {win big|win real cash|hit the jackpot}! <url>",
            "[url=<url>]{online casino|casino bonus|free slots|best betting sites|sportsbook}[/url]",
            "<a_open>{casino online|slot machines|poker online|online gambling|real money slots}<a_close>",
            "{Situs|Agen|Bandar} {judi|slot|togel|poker} online {terpercaya|gacor|resmi} {deposit pulsa|bonus new member|maxwin hari ini} <url>",
            "I {won|made|cashed out} $<num> {last night|this week|yesterday} {at|on|with} <url> {slots|casino|betting}, {you should try it|join now|sign up for the bonus}!",
            "{Онлайн казино|Игровые автоматы|Ставки на спорт|Казино вулкан} {играть бесплатно|на деньги|с бонусом за регистрацию|официальный сайт} <url>",
        ),
        ("online casino", "casino", "<first>", "slot gacor", "best slots", "casinobonus<num>", "poker online", "situs judi"),
        ("<spam_url>",),
    ),
    "loans": (
        (
            "{Need|Looking for|Do you need} {a loan|fast cash|a payday loan|a personal loan|urgent credit}? {Bad credit|No credit check|Any credit} {ok|welcome|accepted}, {apply now|get approved in minutes}: <url>",
            "{payday loans|cash advance|installment loans|debt consolidation|car title loans} {online|no fax|same day|near me|direct lender} <url>",
            "We {offer|give out} {loans|business loan|mortgage} at {2%|3%|low} interest rate, {contact us|email us|apply today} {via|at} <mail>",
            "{Compare|Find} {cheap|affordable|the lowest} {car insurance|auto insurance|health insurance|life insurance} {quotes|rates} {in your area|online|today}. <url>",
            "{Взять|Оформить|Получить} {займ|кредит|микрозайм} {онлайн|на карту|без отказа|без проверок} <url>",
            "I am Mr <first> <last>, a {private|legitimate} loan lender. {Are you in debt?|Do you need finance?} We give {loans|credit} to {individuals|companies}. Contact: <mail>",
        ),
        ("payday loans", "loans", "<first> <last>", "cash advance", "auto insurance quotes", "<first>"),
        ("<spam_url>",),
    ),
    "replica": (
        (
            "{cheap|discount|authentic|replica|wholesale} <brand> {bags|shoes|watches|handbags|jerseys|sunglasses|outlet|boots} {online|outlet store|sale|free shipping} <url>",
            "<brand> {outlet|uk|sale|pas cher|schuhe|borse|factory}, <brand> {handbags|sneakers|store|wallets}, {cheap|fake|discount} <brand> <url>",
            "<a_open><brand> {outlet|bags|sale|shoes}<a_close> <a_open>cheap <brand><a_close>",
            "[url=<url>]<brand> {outlet|sale|replica|store}[/url] {I like|we sell|high quality} <brand> {very much|at wholesale price|up to <num>% off}",
            "{High quality|1:1|AAA} replica <brand> {watches|bags}, {swiss movement|mirror image|worldwide delivery}, {whatsapp|contact|order} <phone>",
        ),
        ("<brand> outlet", "cheap <brand>", "<brand>", "<brand> sale", "<first>", "replica <brand>"),
        ("<spam_url>",),
    ),
    "adult": (
        (
            "{Hot|Sexy|Naked|Lonely} {girls|singles|teens|milfs|wives} {in your area|waiting for you|live on cam|want to meet}: <url>",
            "{free porn|porn videos|sex cams|live sex|xxx videos|nude pics} <url> {no sign up|hd|watch now}",
            "<a_open>{porn|sex chat|escort service|free sex cams|adult dating}<a_close>",
            "{Escort|Call girls|Independent escorts|Russian escorts} {in|service in} <city>, {24/7|high class|cheap rates}, {call|whatsapp} <phone> <url>",
            "{Hi dear|Hello|Hey}, I'm <first>, <age> y.o., looking for {a man|sex tonight|fun}. {My photos|Write me|Find me} here: <url>",
            "{Порно|Секс знакомства|Проститутки|Интим} {онлайн|без регистрации|в твоем городе} <url>",
        ),
        ("<first>", "<first><num>", "sex cam", "escorts <city>", "porn", "hot girls"),
        ("<spam_url>",),
    ),
    "essays": (
        (
            "{Essay writing|Dissertation|Homework help|Term paper|Assignment} service, {cheap|professional|plagiarism free|24/7}: <url>",
            "{Need|Do you need|Looking for} {help with your essay|someone to write my paper|a custom essay|assignment help}? {Our writers|Professional writers} {deliver|guarantee} {top grades|original papers}. <url>",
            "[url=<url>]{essay writing service|write my essay|buy essay online|do my homework}[/url]",
            "{Students|Many students} {have no time|struggle} with {essays|dissertations|coursework}, {so they|that is why they} {hire|use} <url> {for cheap papers|to get an A}",
            "{Купить|Заказать} {диплом|реферат|курсовую|аттестат} {недорого|с гарантией|срочно} <url>",
        ),
        ("essay writing service", "write my essay", "<first> <last>", "assignment help", "<first>"),
        ("<spam_url>",),
    ),
    "praise": (
        (
            "{Great|Nice|Excellent|Awesome|Wonderful|Superb} {post|article|blog|site|website|web page|info}! {I really like|I enjoy|I love} {your writing style|the way you write|this site}. {Keep up the good work|Keep it up|Thanks for sharing|I will bookmark your blog}.",
            "{I have been|I've been} {surfing|browsing} on-line {more than|over} <age> hours {today|lately}, {yet|but} I {never|by no means} {found|discovered} any {interesting|attention-grabbing} article like yours. {It is|It's} {pretty|lovely} {worth|price} enough for me.",
            "{Hey there|Hello|Hi} {I am so|I'm so} {happy|glad|grateful} I found your {weblog|blog page|webpage}, I really found you by {mistake|accident|error}, while I was {searching|browsing|researching} on {Google|Bing|Digg|Yahoo} for something else.",
            "{Very|Really} {good|useful|informative} {info|information|post}. {Lucky me|I was lucky that} I {found|came across|ran across} your {site|blog|website} by {accident|chance}. {I have|I've} {bookmarked|saved|book-marked} it for later!",
            "{Thanks|Thank you} for {the good|another|any other|every other} {writeup|informative web site|great article|wonderful post}. {Where else|The place else} could I {get|am I getting} that {kind|type} of {info|information} in such {a perfect|an ideal} {way|manner|means}?",
            "{Your|This} {blog|site|website} {looks great|is very nice|loads fast}! {What host are you using|Which theme is this|Can I get your affiliate link}? I {wish|hope} my {site|web site} {loaded|ranked} as {fast|quickly} as yours.",
            "{I know|Of course} this {website|web page} {provides|gives|offers} {quality|good} {dependent|based} {articles|posts|content} and {additional|other|extra} {information|data}, is there any other {site|web page} which {provides|presents} {such|these} {things|stuff} in quality?",
            "{Pretty|Very} {nice|great} post. I {just|simply} {stumbled upon|found} your {weblog|blog} and {wanted|wished} to {say|mention} that I have {really|truly} enjoyed {browsing|surfing around} your blog posts. {After all|In any case} I will be subscribing to your {rss|feed} and I hope you write again {soon|very soon}!",
            "{Thank you|Thanks}, {great|good|nice} {article|post|share}.",
            "{I think|I believe} {this is|it is} {one of the most|among the most} {important|significant|vital} {info|information} for me. And {i am|i'm} {glad|happy} reading your article. {But wanna|However want to} remark on {few|some} general things, The {website|site} style is {perfect|ideal|great}, the articles is {really|in reality} {great|excellent}.",
            "{My brother|My cousin|A friend} {suggested|recommended} I {might|would possibly} like this {blog|website|web site}. He {was|used to be} {totally|entirely} right. This post {actually|truly} made my day. You {can not|cann't} {imagine|believe} {just how|simply how} {much|so much} time I had spent for this {information|info}!",
        ),
        ("<keyword>", "<keyword>", "<drug> online", "<brand> outlet", "<first>", "<first> <last>", "<spam_host>", "{seo|web design|plumber|dentist|movers|roofing|locksmith} <city>", "<list_name>"),
        ("<spam_url>", "<spam_url>", "<keyword_url>", "<list_url>"),
    ),
    "seo": (
        (
            "{I see|I noticed|I visited} your {blog|website|site} {needs|could use|is missing} {some fresh content|more backlinks|more traffic|unique articles}. {Search in google for|Try|Type in google} {<keyword> tool|<keyword> secrets} <url>",
            "{Get|Buy|Order} {<num>|<num>00|thousands of} {backlinks|followers|visitors|subscribers|likes|views} {for only|starting at} $<age> {safe|guaranteed|today} <url>",
            "{We can|Our company can|I can} {rank|put|get} your {website|blog|site} {on the first page of google|to #1|higher on google}. {Contact|Email|Visit} <mail> <url>",
            "{Hi|Hello} {webmaster|admin|owner}, {do you want|would you like} {more visitors|unlimited traffic|to monetize your site}? {Check|See|Visit} <url>",
            "{I'm|I am} curious to find out what blog {system|platform} you {have been|are} {working with|utilizing}? I'm {having|experiencing} some {minor|small} security {problems|issues} with my latest {site|website|blog} about <keyword> and I'd like to find something more {safe|secure|risk-free}.",
            "{web hosting|link building|seo services|web design|social media marketing} {company|agency|packages|expert} {in <city>|cheap|near me}: <url>",
        ),
        ("seo services", "seo expert", "<first> <last>", "<keyword>", "backlinks", "web design <city>"),
        ("<spam_url>", "<keyword_url>"),
    ),
    "crypto": (
        (
            "{I|My wife and I} {invested|started with} $<num> {in bitcoin|with Mr <first> <last>|on this platform} and {earned|received|withdrew} $<num>00 {in one week|within 7 days|after two weeks}. {Contact|Message|Reach} {him|her|them} on {telegram|whatsapp} <handle> <phone>",
            "{Recover|Get back} your {lost|stolen|scammed} {bitcoin|crypto|usdt|funds}: {contact|email} <mail> {recovery expert|certified hacker}, {they helped me|he got my money back}",
            "{Free|Claim your} {airdrop|bitcoin|eth|tokens|btc giveaway} {now|before it ends}: <url> {connect your wallet|limited time}",
            "{Best|Trusted|Top} {crypto exchange|trading bot|forex broker|bitcoin mining site}, {daily profit|guaranteed returns|10% per day}: <url>",
            "{Trading|Forex|Binary options} {changed my life|made me financially free}, all thanks to {expert|coach} <first> <last>, {add her|write him} {on telegram|on instagram} <handle>",
            "{Заработок|Доход|Инвестиции} {в интернете|без вложений|на криптовалюте} от <num>0 рублей в день, {подробности|пишите} <url>",
        ),
        ("<first> <last>", "<first>", "bitcoin trader", "crypto recovery", "<first><num>"),
        ("<spam_url>", ""),
    ),
    "earning": (
        (
            "{I get paid|I am making|I make|My friend makes} {over|more than} $<num> {per hour|a month|every week|a day} {working from home|online|with my laptop} {with 2 kids at home|in my spare time}. {I never thought I'd be able to do it but|Everybody can do this,} {my best friend earns over 10k a month|it is easy}. {See|Here is|Visit} {how|details}: <url>",
            "{Start|Begin} {earning|making} {cash|money|$<num> a day} {from home|online today}, {no experience|no investment} {needed|required}: <url>",
            "{Work|Job} from home! {We are hiring|Open vacancies|Part time jobs}, {salary|income} {up to|from} $<num>. {Contact|Telegram|WhatsApp}: <handle> <phone>",
            "{Google|Facebook|Amazon} is {now|currently} paying $<num>00 {monthly|weekly} for {taking surveys|online work}. {Join|Copy and open}: <url>",
        ),
        ("<first> <last>", "<first>", "work from home", "<first><num>"),
        ("<spam_url>", ""),
    ),
    "dump": (
        (
            "<url> <url> <url>",
            "<url>",
            "<list_phrase> <url> <list_phrase> <url> <list_phrase>",
            "<a_open><list_phrase><a_close>, <a_open><list_phrase><a_close>, <a_open><list_phrase><a_close>",
            "[url=<url>]<list_phrase>[/url] [url=<url>]<list_phrase>[/url] [link=<url>]<list_phrase>[/link]",
            "<list_phrase> <list_phrase> <list_phrase> <list_phrase> <list_phrase> <list_phrase>",
            "<list_word>, <list_phrase>, <list_word>. {visit|see|check out|click here} <url>",
            "{Visit|Also visit|Feel free to visit|Look at|Check out} my {web-site|page|web site|homepage|blog post}: <list_phrase> ({<url>|<list_phrase>})",
            "{Here is|Stop by|Feel free to surf to|Also visit} my {blog|site|web blog}; <list_phrase>",
            "{xvz|qwe|zxj|rrt|bnq}<list_word>{ksd|ppl|wgy|oiu}, <a_open><list_word><a_close>, [url=<url>]<list_word>[/url], <url>",
            "{%first_line%|comment<num>,|doors<num>.txt;<num>;<num>} <list_word> <url> <list_phrase>, <num>, <url>",
        ),
        ("<list_name>", "<list_name>", "<first>", "<first><num>", "<list_word>", "<keyword>"),
        ("<spam_url>", "<list_url>", "<keyword_url>"),
    ),
    "trackback": (
        (
            "<strong><list_phrase>...</strong> {I found a great|a beneficial|very good} {article|blog|post}...",
            "<strong>{Title|Websites we think you should visit|Related|Online Article|Sites we Like}…</strong> [...]{every once in a while|while the websites we link to below are|here are some links to sites that} we {choose|like} blogs that we read. Listed below are the latest sites that we choose [...]",
            "[...] {Read More|Find More|More Infos|Information} {here|on that Topic|to that Topic}: <url> [...]",
            "<strong><keyword>...</strong> [...]{just beneath|below} are {numerous|several} {totally|entirely} not connected {sites|websites} to ours, {nevertheless|even so}, they are surely worth going over[...]",
        ),
        ("<keyword>", "<list_name>", "<list_phrase>"),
        ("<spam_url>", "<keyword_url>"),
    ),
    "services": (
        (
            "{Looking for|Need} {a|an} {affordable|emergency|reliable|licensed} {plumber|roofer|locksmith|moving company|personal injury lawyer|dentist|limo} in <city>? {Call|Contact|Visit} {us|now|today} <phone> <url>",
            "{We provide|Our company offers} {carpet cleaning|hvac repair|web design|pest control|water damage restoration|towing} {services|in <city>} {24/7|at low rates}. {Free quote|Call} <phone>",
            "{Thanks for|Nice} {sharing|post|blog}. {For|If you need} {the best|cheap} <keyword> {in <city>|services}, {visit|check} <url>",
            "{Contact|Call} {QuickBooks|Norton|HP printer|Gmail|Microsoft} {support|customer service|helpline} number <phone> {toll free|24x7|for help}",
            "{packers and movers|digital marketing institute|taxi service|interior designers|best hospital} in <city> {visit|call} <url>",
        ),
        ("<keyword>", "{plumber|movers|dentist|lawyer|roofing} <city>", "<first> <last>", "support number"),
        ("<spam_url>", "<keyword_url>"),
    ),
    "occult": (
        (
            "{I want to thank|I am so happy, all thanks to} {Dr|Priest|Mama} <first> {for bringing back my ex|the great spell caster|who cured my herpes|for casting a spell for me}. {Contact|Email|WhatsApp} him: <mail> <phone>",
            "{My husband left me|I lost my job|I was sick} for <age> months until I {met|contacted} a {spell caster|herbal doctor} {online|here}: <mail>. {He is real|It worked in 48 hours}!",
            "{Join|Do you want to join} the {illuminati|brotherhood} {and be rich|for fame and money}? {Contact|Call} <phone> <mail>",
        ),
        ("<first> <last>", "<first>"),
        ("",),
    ),
    "downloads": (
        (
            "{Download|Get} {free|full|cracked} {<keyword> keygen|movies|mp3|software|game hack|iptv list} {here|now|no survey}: <url>",
            "{free gems|unlimited coins|robux generator|v-bucks hack|gift card codes} {2019|2024|working|no verification} <url>",
            "{Watch|Stream} {full movie|live match|series} {online|hd|free} <url> <url>",
            "{скачать|смотреть} {бесплатно|онлайн|без регистрации} {фильм|программу|игру|музыку} <url>",
        ),
        ("<first><num>", "free download", "<first>", "<list_name>"),
        ("<spam_url>", ""),
    ),
    "diet": (
        (
            "{Lose|How I lost|I lost} <age> {pounds|kg|lbs} {in a month|fast|without exercise} with {keto|garcinia|this diet pill|<drug>}: <url>",
            "{keto gummies|fat burner|muscle supplement|anti aging cream|cbd oil} {review|for sale|where to buy|free trial} <url>",
            "{Dieting|Weight loss|Belly fat} {is hard|secrets doctors hide}, {try|but I found} {this supplement|these pills} <url>",
        ),
        ("<keyword>", "weight loss", "<first>", "keto diet", "cbd oil"),
        ("<spam_url>", "<keyword_url>"),
    ),
}
