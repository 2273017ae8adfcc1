"""Word lists that fill the slots of the synthetic templates; they know nothing of labels."""

from typing import Final

FIRST: Final = (
    "Anna Ben Carla David Elena Frank Grace Hannah Ivan Julia Kofi Laura Marek Nadia Oscar Priya Quentin Rosa Samuel "
    "Tomas Ursula Victor Wendy Xavier Yuki Zoe Mary John Susan Peter Linda Robert Fatima Ahmed Olga Sergey Wei Mei Jose "
    "Luis Maria Pierre Claire Sofia Lars Ingrid Jan Emma Noah Liam Olivia Chloe Jack Ella Ravi Amit Deepa Kim Minh Thu "
    "Dmitry Natalia Paulo Beatriz Giulia Marco Hans Petra Aoife Sean Nina Igor Ayse Mehmet Kate Tom Alice Bob Dave Jen"
).split()
LAST: Final = (
    "Smith Jones Brown Taylor Wilson Miller Schmidt Weber Novak Kowalski Ivanov Petrova Garcia Lopez Rossi Bianchi Silva "
    "Santos Dubois Martin Bernard Jensen Hansen Larsen Yilmaz Khan Singh Patel Chen Wang Tanaka Suzuki Kim Park Nguyen Tran "
    "Okafor Mensah Murphy OBrien Clark Lewis Walker Young King Wright Hill Green Baker Carter Mitchell Turner Parker Evans"
).split()
CITIES: Final = (
    "London Berlin Madrid Lisbon Vienna Prague Chicago Dallas Houston Denver Toronto Sydney Mumbai Delhi Dubai Nairobi "
    "Lagos Istanbul Warsaw Oslo Dublin Boston Seattle Miami Phoenix Austin Leeds Bristol Lyon Turin Kyoto Seoul"
).split()
THINGS: Final = (
    "bread|sourdough|butter|tomato|knitting pattern|yarn|camera|lens|bicycle|saddle|garden|compost|rose|puppy|cat|novel|"
    "chapter|poem|film|soundtrack|album|guitar|plugin|theme|database|compiler|regex|kernel|router|battery|train|tunnel|map|"
    "election|budget|tax|school|teacher|homework|exam|museum|painting|church|bridge|river|lake|trail|tent|boots|soup|cake|"
    "coffee|tea|wine|cheese|vaccine|diet|sleep|running|marathon|football|referee|season|episode|ending|translation|grammar|"
    "comma|font|printer|keyboard|phone|update|license|court|law|police|housing|rent|wages|strike|farm|bees|wolf|forest"
).split("|")
PERSONS: Final = "grandmother grandfather mother father sister brother son daughter wife husband neighbour aunt uncle friend".split()
DRUGS: Final = (
    "viagra cialis levitra sildenafil tadalafil kamagra xanax valium ambien tramadol phentermine modafinil propecia clomid "
    "prednisone amoxicillin azithromycin doxycycline ivermectin metformin lasix zithromax prozac zoloft oxycodone adderall "
    "lipitor synthroid nolvadex accutane neurontin lyrica dapoxetine finasteride hydroxychloroquine steroids cbd"
).split()
BRANDS: Final = (
    "Louis Vuitton|Gucci|Prada|Chanel|Hermes|Rolex|Omega|Michael Kors|Coach|Ugg|Uggs|Jordan|Nike|Adidas|Moncler|Oakley|"
    "Ray Ban|Burberry|Pandora|Tiffany|Timberland|Canada Goose|North Face|Beats by Dre|Christian Louboutin|Longchamp|"
    "Yeezy|NFL|NHL|Hollister|Abercrombie|Mulberry|Celine|Tory Burch|Air Max|Balenciaga|Cartier|Hublot"
).split("|")
KEYWORDS: Final = (
    "weight loss|payday loans|car insurance|seo company|web hosting|online casino|essay writing|cheap flights|hotel deals|"
    "wedding photographer|real estate agent|mortgage broker|credit repair|debt relief|male enhancement|hair growth|skin care|"
    "anti aging|keto diet|muscle supplements|cbd oil|vape shop|e-cigarette|forex trading|bitcoin trading|binary options|"
    "work from home|affiliate marketing|email marketing|link building|backlinks|buy followers|instagram likes|free v bucks|"
    "phone repair|locksmith near me|plumbing services|roofing contractors|carpet cleaning|moving company|pest control|"
    "personal injury lawyer|divorce attorney|dui lawyer|cosmetic dentist|dental implants|plastic surgery|rehab center|"
    "limo service|airport taxi|car rental|used cars|tires for sale|garage door repair|window replacement|solar panels|"
    "kitchen remodeling|interior design|furniture store|mattress sale|led lights|cctv camera|gps tracker|spy phone|"
    "data recovery|windows key|antivirus download|pdf converter|video downloader|iptv subscription|game hack|coins generator|"
    "escort agency|adult dating|sex toys|webcam girls|psychic reading|love spells|replica watches|designer handbags|"
    "cheap jerseys|sneakers outlet|wholesale clothing|gold jewelry|engagement rings|coupon codes|promo code|gift cards"
).split("|")
HOBBIES: Final = (
    "garden kitchen yarn bread books stitches trails wheels pixels notes garden birds letters sketches maps walks stars code "
    "bytes words recipes pictures travels tea bikes boats trains history science maths teaching music jazz films"
).split()
HONEST_HOSTS: Final = (
    "en.wikipedia.org/wiki|www.bbc.co.uk/news|www.nytimes.com/<year>|www.theguardian.com|github.com|stackoverflow.com/questions|"
    "www.youtube.com/watch?v=|doi.org/10.<num>|arxiv.org/abs|www.nature.com/articles|archive.org/details|docs.python.org/3|"
    "developer.mozilla.org/en-US/docs|www.flickr.com/photos|www.gov.uk/guidance|ec.europa.eu|www.nih.gov|www.who.int/news|"
    "de.wikipedia.org/wiki|medium.com|www.reuters.com|www.washingtonpost.com|imgur.com|goodreads.com/book|www.imdb.com/title"
).split("|")
SPAM_TLDS: Final = "com com com com net org info biz ru ru xyz top online site club shop store pw in co us pl cn tk ga".split()
SPAM_PATHS: Final = (
    "|||/|/index.php|/buy-<stem>.html|/<stem>/|/?p=<num>|/<stem>-<stem>.php|/index.php?showtopic=<num>|/profile/<num>|"
    "/user/<first>|/members/<first><num>|/forum/viewtopic.php?t=<num>|/go/<num>|/wp-content/<stem>.html|/<stem>-online"
).split("|")
