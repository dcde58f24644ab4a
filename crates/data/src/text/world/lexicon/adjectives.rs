//! Adjectives, and what they can be said of.

use super::Quality::{Age, Character, Colour, Condition, Look, Material, Shape, Size, Taste, Touch, Weight};
use super::Sort::{self, Animal, Clothing, Container, Finding, Food, Fruit, Instrument, Pet, Reading, Thing, Toy};
use super::{Adjective, Quality};

/// What is made by hand.
const MADE: &[Sort] = &[Thing, Toy, Instrument, Reading, Clothing, Container];
/// What comes in any colour.
const DYED: &[Sort] = &[Thing, Toy, Instrument, Clothing, Container];
const LIVING: &[Sort] = &[Pet, Animal];

const fn before(quality: Quality, en: &'static str, fr: [&'static str; 4]) -> Adjective {
    Adjective { en, fr, before: true, quality, sorts: &[], nouns: "" }
}

const fn after(quality: Quality, en: &'static str, fr: [&'static str; 4]) -> Adjective {
    Adjective { en, fr, before: false, quality, sorts: &[], nouns: "" }
}

impl Adjective {
    const fn of(self, sorts: &'static [Sort], nouns: &'static str) -> Self {
        Adjective { sorts, nouns, ..self }
    }
}

pub static ADJECTIVES: &[Adjective] = &[
    after(Colour, "red", ["rouge", "rouge", "rouges", "rouges"]).of(DYED, "book notebook album apple tomato pepper flower tulip"),
    after(Colour, "blue", ["bleu", "bleue", "bleus", "bleues"])
        .of(DYED, "book notebook album flower feather bird butterfly parrot parakeet"),
    after(Colour, "green", ["vert", "verte", "verts", "vertes"])
        .of(DYED, "book notebook album apple pepper frog lizard parrot snake"),
    after(Colour, "yellow", ["jaune", "jaune", "jaunes", "jaunes"])
        .of(DYED, "book notebook album flower tulip apple pepper bird butterfly"),
    after(Colour, "white", ["blanc", "blanche", "blancs", "blanches"]).of(
        DYED,
        "book notebook album cat dog kitten puppy rabbit mouse hen duck pigeon horse pony goat goose cow bull flower tulip \
         shell pebble stone feather egg butterfly",
    ),
    after(Colour, "black", ["noir", "noire", "noirs", "noires"]).of(
        DYED,
        "book notebook album cat dog kitten puppy rabbit hen horse pony goat cow bull swan bird snake beetle spider pebble \
         stone feather olive",
    ),
    after(Colour, "grey", ["gris", "grise", "gris", "grises"]).of(
        DYED,
        "book notebook album cat dog kitten rabbit mouse pigeon parrot horse pony donkey goat goose heron wolf rat squirrel \
         shell pebble stone feather",
    ),
    after(Colour, "brown", ["brun", "brune", "bruns", "brunes"]).of(
        DYED,
        "book notebook album dog puppy rabbit hen duck horse pony goat cow bear hare owl egg shell pebble feather toad \
         butterfly",
    ),
    after(Colour, "pink", ["rose", "rose", "roses", "roses"])
        .of(&[Toy, Clothing, Container], "ribbon blanket pillow cushion umbrella cup candle tulip flower shell pig piglet towel"),
    after(Colour, "purple", ["violet", "violette", "violets", "violettes"])
        .of(&[Toy, Clothing, Container], "ribbon blanket pillow cushion umbrella cup candle tulip flower crystal flag tent pen"),
    after(Colour, "beige", ["beige", "beige", "beiges", "beiges"])
        .of(&[Clothing], "blanket pillow cushion rug curtain towel tent bag suitcase handbag basket vase"),
    before(Size, "big", ["grand", "grande", "grands", "grandes"]).of(
        &[Thing, Toy, Clothing, Container],
        "horse pony donkey mule cow calf bull pig goat ewe ram goose turkey rooster peacock swan bird owl crow raven eagle \
         falcon heron stork seagull fox wolf bear badger beaver otter hare stag doe boar rat snake toad crab butterfly \
         dragonfly beetle spider cake pie pancake pizza dog cat parrot book map picture dictionary poster drawing drum harp \
         flower sunflower shell feather branch stone nest garden barn kitchen river market school church forest bridge mill \
         pond farm library square orchard station shop beach lake field park castle tower harbour island cave museum theatre \
         hospital workshop fountain house bedroom bank pool zoo stadium hedge gate",
    ),
    before(Size, "small", ["petit", "petite", "petits", "petites"]).of(
        &[Thing, Toy, Instrument, Reading, Clothing, Container, Food, Fruit, Finding, Pet, Animal],
        "garden barn kitchen river market school bakery church forest hill bridge mill pond farm library square orchard station \
         attic cellar stable shop beach lake field park inn castle harbour island cave museum theatre workshop greenhouse \
         courtyard cottage hut lighthouse fountain house bedroom office bank pharmacy pool zoo cafe restaurant road waterfall \
         balcony terrace hedge garage mountain valley",
    ),
    before(Size, "huge", ["énorme", "énorme", "énormes", "énormes"]).of(
        &[Container, Food, Fruit, Finding],
        "horse cow bull pig bear boar eagle owl raven snake toad rat crab spider beetle butterfly kite balloon boat hat \
         umbrella bell drum dog spoon book map statue castle barn cave",
    ),
    after(Size, "tiny", ["minuscule", "minuscule", "minuscules", "minuscules"]).of(
        &[Thing, Toy, Container, Food, Fruit, Finding, Pet],
        "book letter map notebook picture bird bee ant spider beetle crab worm hat sock shoe garden kitchen cottage hut island \
         house shop office",
    ),
    before(Size, "long", ["long", "longue", "longs", "longues"]).of(
        &[],
        "rope ribbon ladder chain plank oar stick string arrow needle scarf coat dress skirt cape shirt letter poem feather \
         branch root bridge road street beach hedge snake worm",
    ),
    after(Size, "short", ["court", "courte", "courts", "courtes"])
        .of(&[], "rope ribbon ladder stick string pencil plank chain scarf skirt dress coat cape letter poem message list tie"),
    after(Size, "narrow", ["étroit", "étroite", "étroits", "étroites"])
        .of(&[], "street road bridge bedroom kitchen courtyard valley river tower balcony terrace cave gate ladder"),
    after(Size, "wide", ["large", "large", "larges", "larges"])
        .of(&[], "belt ribbon road street river bridge scarf skirt plank valley cape tie"),
    after(Size, "deep", ["profond", "profonde", "profonds", "profondes"])
        .of(&[], "lake river pond cave forest valley cellar drawer basin pot bowl"),
    after(Weight, "heavy", ["lourd", "lourde", "lourds", "lourdes"]).of(
        &[Container],
        "ladder hammer axe shovel blanket rug curtain anchor chain padlock plank brick tent statue parcel saddle sword shield \
         pan coat boot cape book dictionary accordion harp stone log branch pumpkin melon cabbage bicycle chair key bell",
    ),
    after(Weight, "light", ["léger", "légère", "légers", "légères"]).of(
        &[],
        "blanket pillow cushion ladder chair tent bicycle parcel basket bag box suitcase jacket coat dress shirt scarf shawl \
         shoe sandal kite boat racket umbrella",
    ),
    before(Age, "old", ["vieux", "vieille", "vieux", "vieilles"]).of(
        MADE,
        "cat dog rabbit parrot hen duck tortoise horse pony donkey mule cow bull goat ram rooster owl crow raven fox wolf bear \
         badger stag toad bird bone nest garden barn kitchen market school bakery church bridge mill farm library square \
         orchard station attic cellar stable shop inn castle tower harbour museum theatre hospital workshop greenhouse henhouse \
         cottage hut lighthouse fountain house bank pharmacy cafe forge road roof gate garage",
    ),
    before(Age, "new", ["nouveau", "nouvelle", "nouveaux", "nouvelles"]).of(
        MADE,
        "barn kitchen school bakery bridge library station shop museum theatre hospital workshop henhouse house office bank \
         pharmacy pool zoo cafe restaurant stadium road gate garage",
    ),
    before(Age, "young", ["jeune", "jeune", "jeunes", "jeunes"]).of(
        &[],
        "cat dog rabbit parrot hen duck tortoise horse pony donkey cow bull goat swan owl crow raven eagle falcon fox wolf bear \
         squirrel badger beaver otter hare stag doe boar bird",
    ),
    after(Age, "modern", ["moderne", "moderne", "modernes", "modernes"]).of(
        &[],
        "kitchen school library station shop museum theatre hospital workshop house office bathroom bank pool restaurant \
         stadium lamp clock telephone radio chair poem statue",
    ),
    after(Age, "antique", ["antique", "antique", "antiques", "antiques"]).of(
        &[Instrument],
        "lamp mirror clock vase necklace brooch coin statue compass telescope globe teapot sword shield chest mask \
         chair",
    ),
    before(Look, "beautiful", ["beau", "belle", "beaux", "belles"]).of(
        &[Toy, Instrument, Reading, Clothing, Fruit, Finding],
        "key lamp spoon knife cup plate bowl glass bell candle lantern mirror comb ladder button ribbon blanket pillow cushion \
         rug curtain umbrella ring necklace bracelet brooch crown coin medal bicycle pen ruler stamp envelope clock compass \
         telescope flag fan kettle teapot tray tent hammock chair vase statue gift jewel pearl diamond globe arrow saddle \
         hourglass bottle jug painting sword shield box basket chest cage cake horse pony swan bird peacock eagle stag doe \
         butterfly cat dog parrot garden church forest bridge library beach lake park castle island valley house fountain \
         mountain terrace waterfall orchard river",
    ),
    before(Look, "pretty", ["joli", "jolie", "jolis", "jolies"]).of(
        &[Clothing, Finding],
        "kite balloon boat doll puppet mask toy lamp cup plate bowl bell candle lantern mirror comb button ribbon blanket \
         cushion rug ring necklace bracelet brooch vase fan teapot stamp jewel pearl book letter map notebook picture \
         photograph poem drawing box basket bag pouch cat kitten canary parakeet ladybird bird butterfly garden kitchen square \
         cottage house bedroom balcony terrace cafe fountain courtyard",
    ),
    after(Look, "ugly", ["laid", "laide", "laids", "laides"]).of(
        &[],
        "lamp rug curtain brooch wig vase statue doll puppet mask poster painting hat coat shoe jacket sweater tie duckling \
         toad house tower picture",
    ),
    after(Look, "strange", ["étrange", "étrange", "étranges", "étranges"]).of(
        &[Thing, Toy, Instrument, Reading, Clothing, Container, Finding],
        "bird beetle butterfly cat dog parrot egg mushroom castle tower island cave house forest",
    ),
    after(Look, "funny", ["amusant", "amusante", "amusants", "amusantes"])
        .of(&[Toy, Reading], "hat wig cap sock slipper tie puppy kitten parrot duckling squirrel piglet teapot"),
    after(Look, "precious", ["précieux", "précieuse", "précieux", "précieuses"]).of(
        &[],
        "key mirror ring necklace bracelet brooch crown coin medal clock vase statue jewel pearl painting sword violin harp \
         book letter map album photograph stamp stone crystal chest box",
    ),
    after(Look, "magic", ["magique", "magique", "magiques", "magiques"]).of(
        &[],
        "key lamp rope bell mirror broom ring crown umbrella flute drum book map hat cape shoe boot box pot bean flower stone \
         feather crystal forest castle garden mask sword candle",
    ),
    after(Look, "elegant", ["élégant", "élégante", "élégants", "élégantes"])
        .of(&[Clothing], "lamp vase umbrella necklace bracelet chair restaurant terrace horse swan mare cane handbag"),
    after(Look, "splendid", ["splendide", "splendide", "splendides", "splendides"])
        .of(&[Instrument, Finding], "crown sword necklace castle garden butterfly peacock cake painting coat dress lake waterfall"),
    after(Look, "colourful", ["coloré", "colorée", "colorés", "colorées"])
        .of(&[Toy, Clothing], "poster drawing picture bird parrot butterfly flag blanket cushion rug curtain umbrella"),
    after(Look, "striped", ["rayé", "rayée", "rayés", "rayées"])
        .of(&[Clothing], "blanket cushion pillow towel curtain rug cat kitten tent umbrella parasol bag"),
    after(Look, "charming", ["charmant", "charmante", "charmants", "charmantes"])
        .of(&[], "garden cottage house terrace courtyard inn cafe kitten puppy doll poem valley square"),
    after(Look, "adorable", ["adorable", "adorable", "adorables", "adorables"])
        .of(&[], "kitten puppy lamb piglet duckling chick rabbit hamster calf foal fawn pony squirrel doll teddy"),
    after(Look, "mysterious", ["mystérieux", "mystérieuse", "mystérieux", "mystérieuses"])
        .of(&[], "key map letter box chest book message parcel island cave castle forest tower lamp ring mask envelope"),
    after(Look, "rare", ["rare", "rare", "rares", "rares"])
        .of(&[], "coin stamp book flower orchid bird butterfly pearl jewel stone shell crystal fossil gem emerald"),
    after(Look, "simple", ["simple", "simple", "simples", "simples"])
        .of(&[], "lamp chair poem drawing puzzle recipe dress ring mask hut toy list map"),
    after(Look, "famous", ["célèbre", "célèbre", "célèbres", "célèbres"])
        .of(&[], "painting statue poem novel castle museum theatre restaurant circus bridge tower portrait"),
    after(Look, "expensive", ["cher", "chère", "chers", "chères"]).of(
        &[Instrument],
        "ring necklace bracelet clock computer camera vase coat dress painting bicycle restaurant ticket handbag",
    ),
    after(Look, "useful", ["utile", "utile", "utiles", "utiles"]).of(
        &[],
        "key rope knife ladder hammer shovel broom compass map tool book dictionary backpack bag umbrella lamp list \
         screwdriver calculator",
    ),
    after(Look, "dark", ["sombre", "sombre", "sombres", "sombres"])
        .of(&[], "forest cave cellar attic kitchen bedroom street garage barn stable church tower courtyard"),
    after(Shape, "round", ["rond", "ronde", "ronds", "rondes"]).of(
        &[],
        "lamp mirror button cushion rug clock tray stool plate lid brooch box basket pebble stone loaf cheese tower pond pool",
    ),
    after(Shape, "flat", ["plat", "plate", "plats", "plates"])
        .of(&[], "shell pancake stone pebble box cap parcel roof cushion shoe tray"),
    after(Shape, "pointed", ["pointu", "pointue", "pointus", "pointues"])
        .of(&[], "stick arrow knife nail hat shoe slipper roof stone pencil hook"),
    after(Shape, "oval", ["ovale", "ovale", "ovales", "ovales"])
        .of(&[], "mirror rug tray plate frame brooch pebble stone basket button box"),
    after(Shape, "bent", ["tordu", "tordue", "tordus", "tordues"])
        .of(&[], "nail spoon fork key wheel needle pin wire stick hook branch pipe"),
    after(Touch, "soft", ["doux", "douce", "doux", "douces"]).of(
        &[],
        "blanket pillow cushion rug towel sponge brush scarf glove mitten sock slipper sweater shawl feather pouch ribbon",
    ),
    after(Touch, "smooth", ["lisse", "lisse", "lisses", "lisses"])
        .of(&[], "pebble stone shell plank stick pearl marble egg ribbon"),
    after(Touch, "thick", ["épais", "épaisse", "épais", "épaisses"]).of(
        &[],
        "rope blanket rug curtain plank chain book notebook dictionary album envelope coat scarf glove sock sweater shawl \
         pancake steak branch hedge string towel",
    ),
    after(Touch, "warm", ["chaud", "chaude", "chauds", "chaudes"]).of(
        &[],
        "coat scarf glove mitten sock jacket sweater shawl slipper boot blanket brick stone pie loaf bun croissant baguette \
         pancake waffle omelette pizza sausage doughnut quiche chestnut kitchen egg",
    ),
    after(Touch, "cold", ["froid", "froide", "froids", "froides"]).of(
        &[],
        "pancake omelette pizza sausage meatball steak quiche potato egg river attic cellar church cave lake pond hut bedroom \
         stone",
    ),
    after(Touch, "rough", ["rugueux", "rugueuse", "rugueux", "rugueuses"])
        .of(&[], "stone plank rope brick log branch shell tile pebble towel"),
    after(Touch, "hard", ["dur", "dure", "durs", "dures"])
        .of(&[], "stone brick biscuit candy egg loaf pebble cheese caramel pillow chair"),
    after(Touch, "thin", ["mince", "mince", "minces", "minces"])
        .of(&[], "book notebook blanket plank rope string branch pancake plate envelope wire"),
    after(Touch, "sticky", ["collant", "collante", "collants", "collantes"])
        .of(&[], "candy spoon caramel lollipop plate bun glass bowl cup marshmallow jar"),
    after(Touch, "fragile", ["fragile", "fragile", "fragiles", "fragiles"])
        .of(&[], "vase glass cup plate shell egg lamp bowl mirror bottle doll violin saucer butterfly"),
    after(Touch, "solid", ["solide", "solide", "solides", "solides"])
        .of(&[Container], "rope ladder bridge chair stool plank padlock chain lock hut shield"),
    after(Touch, "comfortable", ["confortable", "confortable", "confortables", "confortables"])
        .of(&[], "chair cushion pillow hammock shoe slipper boot sweater coat house bedroom inn saddle sandal bathrobe"),
    after(Material, "wooden", ["en bois", "en bois", "en bois", "en bois"]).of(
        &[],
        "spoon fork bowl comb broom ladder rake ruler wheel oar tray stool chair statue bracelet button arrow sword shield boat \
         doll puppet sledge toy mask flute whistle xylophone clog box chest barrel crate bucket cage bridge hut gate lid plate",
    ),
    after(Material, "woollen", ["en laine", "en laine", "en laine", "en laine"])
        .of(&[], "blanket rug hat scarf coat glove mitten sock dress skirt jacket sweater cap shawl waistcoat slipper"),
    after(Material, "leather", ["en cuir", "en cuir", "en cuir", "en cuir"]).of(
        &[],
        "belt bag boot shoe glove jacket wallet sandal suitcase pouch apron cap saddle ball trunk case slipper coat cushion",
    ),
    after(Material, "silver", ["en argent", "en argent", "en argent", "en argent"]).of(
        &[],
        "spoon fork knife cup plate bell comb ring necklace bracelet brooch crown coin medal tray teapot chain vase flute \
         trumpet whistle button key box",
    ),
    after(Material, "golden", ["en or", "en or", "en or", "en or"])
        .of(&[], "spoon key bell ring necklace bracelet brooch crown coin medal chain cup apple egg ball mask feather"),
    after(Material, "paper", ["en papier", "en papier", "en papier", "en papier"])
        .of(&[], "kite boat lantern hat bag crown mask flower fan envelope flag doll"),
    after(Material, "plastic", ["en plastique", "en plastique", "en plastique", "en plastique"])
        .of(&[Toy], "spoon fork cup plate bowl comb ruler bottle bucket box crate chair bag whistle"),
    after(Material, "cotton", ["en coton", "en coton", "en coton", "en coton"])
        .of(&[], "shirt dress skirt sock towel curtain sheet blanket tablecloth apron hat blouse"),
    after(Material, "silk", ["en soie", "en soie", "en soie", "en soie"])
        .of(&[], "scarf shawl ribbon dress shirt tie veil handkerchief blouse cushion tunic"),
    after(Material, "straw", ["en paille", "en paille", "en paille", "en paille"])
        .of(&[], "hat basket doll broom rug roof hut bag"),
    after(Material, "velvet", ["en velours", "en velours", "en velours", "en velours"])
        .of(&[], "cushion curtain ribbon dress jacket waistcoat cape pouch skirt"),
    after(Material, "copper", ["en cuivre", "en cuivre", "en cuivre", "en cuivre"])
        .of(&[], "saucepan pan kettle pot coin bracelet bell wire cauldron teapot bowl button"),
    after(Material, "cardboard", ["en carton", "en carton", "en carton", "en carton"])
        .of(&[], "box mask crown suitcase castle boat robot sword puppet"),
    after(Condition, "broken", ["cassé", "cassée", "cassés", "cassées"]).of(
        &[Instrument],
        "kite boat doll puppet robot puzzle sledge toy mask racket lamp cup plate bowl glass lantern mirror comb broom ladder \
         hammer rake umbrella necklace bracelet wheel pencil ruler clock compass telescope microscope oar fan kettle teapot \
         chain brick chair stool vase statue radio telephone bottle jug cane arrow jar pot cage shell egg branch tool sword \
         lock bicycle",
    ),
    after(Condition, "torn", ["déchiré", "déchirée", "déchirés", "déchirées"]).of(
        &[],
        "kite flag tent blanket pillow curtain net envelope ticket letter map notebook newspaper magazine photograph poster \
         drawing coat shirt dress skirt jacket cape apron bag pouch raincoat",
    ),
    after(Condition, "clean", ["propre", "propre", "propres", "propres"]).of(
        &[Clothing],
        "spoon fork knife cup plate bowl glass comb brush blanket pillow rug towel curtain pan kettle saucepan sponge bottle \
         jug jar bucket pot cage basket kitchen stable bathroom street bedroom",
    ),
    after(Condition, "dirty", ["sale", "sale", "sales", "sales"]).of(
        &[Clothing],
        "spoon fork knife cup plate bowl glass comb brush broom shovel blanket rug towel curtain pan kettle saucepan sponge \
         bottle jug jar bucket bag pot cage ball boat dog puppy pig piglet kitchen stable street wheel",
    ),
    after(Condition, "wet", ["mouillé", "mouillée", "mouillés", "mouillées"]).of(
        &[Clothing],
        "rope blanket cushion rug towel umbrella net oar flag sponge tent plank cat dog puppy kitten letter map newspaper ball \
         roof road street stone",
    ),
    after(Condition, "dry", ["sec", "sèche", "secs", "sèches"])
        .of(&[], "towel blanket branch twig log herb coat shirt sock shoe boot loaf biscuit field fountain"),
    after(Condition, "empty", ["vide", "vide", "vides", "vides"]).of(
        &[Container],
        "cup plate bowl glass kettle teapot saucepan vase wallet envelope bottle jug nest shell hourglass barn kitchen church \
         school station stable shop beach house square pool stadium garage street",
    ),
    after(Condition, "dusty", ["poussiéreux", "poussiéreuse", "poussiéreux", "poussiéreuses"]).of(
        &[Container],
        "lamp mirror rug curtain clock vase statue chair painting bottle book map dictionary album hat shoe attic cellar \
         library workshop road violin globe",
    ),
    after(Condition, "shiny", ["brillant", "brillante", "brillants", "brillantes"]).of(
        &[],
        "key spoon knife bell button ring bracelet coin medal kettle teapot tray chain bicycle trumpet boot helmet marble \
         pebble crystal pearl shoe sword shield beetle",
    ),
    after(Condition, "lost", ["perdu", "perdue", "perdus", "perdues"]).of(
        &[Toy, Clothing],
        "key ring necklace bracelet coin pen umbrella ticket wallet parcel letter book notebook bag suitcase dog cat puppy \
         kitten lamb jewel duckling button",
    ),
    after(Condition, "hidden", ["caché", "cachée", "cachés", "cachées"])
        .of(&[], "key ring coin jewel letter map chest gift egg nest cave garden beach waterfall valley box"),
    after(Condition, "rusty", ["rouillé", "rouillée", "rouillés", "rouillées"])
        .of(&[], "key nail knife lock padlock chain bicycle shovel rake hammer axe hook gate anchor tool sword screw wire"),
    after(Condition, "muddy", ["boueux", "boueuse", "boueux", "boueuses"])
        .of(&[], "boot shoe dog puppy road street field garden pig sneaker shovel"),
    after(Condition, "full", ["plein", "pleine", "pleins", "pleines"])
        .of(&[], "basket bag box bucket jar barrel crate trunk pot suitcase cup glass bowl bottle jug drawer wallet backpack"),
    after(Condition, "forgotten", ["oublié", "oubliée", "oubliés", "oubliées"])
        .of(&[], "key umbrella letter book toy doll island garden castle cave hat coat parcel suitcase"),
    before(Taste, "good", ["bon", "bonne", "bons", "bonnes"]).of(&[Food, Fruit], ""),
    after(Taste, "delicious", ["délicieux", "délicieuse", "délicieux", "délicieuses"]).of(
        &[Food],
        "apple pear plum peach apricot cherry strawberry raspberry blueberry orange banana melon pineapple fig mango tomato \
         mushroom",
    ),
    after(Taste, "fresh", ["frais", "fraîche", "frais", "fraîches"]).of(&[Fruit], "cheese yogurt sausage herb"),
    after(Taste, "sweet", ["sucré", "sucrée", "sucrés", "sucrées"]).of(
        &[],
        "cake pie bun biscuit pancake waffle omelette yogurt pear plum peach apricot cherry strawberry raspberry orange melon \
         pineapple fig mango",
    ),
    after(Taste, "ripe", ["mûr", "mûre", "mûrs", "mûres"]).of(
        &[],
        "apple pear plum peach apricot cherry strawberry raspberry blueberry currant lemon orange banana melon pineapple fig \
         mango olive tomato pumpkin",
    ),
    after(Taste, "rotten", ["pourri", "pourrie", "pourris", "pourries"])
        .of(&[], "apple pear plum peach banana melon egg tomato potato onion cabbage pumpkin plank log branch"),
    before(Taste, "bad", ["mauvais", "mauvaise", "mauvais", "mauvaises"])
        .of(&[], "apple pear egg cheese melon peach mushroom potato soup cake omelette sausage"),
    after(Taste, "salty", ["salé", "salée", "salés", "salées"])
        .of(&[], "pretzel biscuit soup omelette ham cheese olive peanut pistachio quiche stew"),
    after(Taste, "juicy", ["juteux", "juteuse", "juteux", "juteuses"])
        .of(&[], "apple pear plum peach apricot orange melon pineapple mango tomato grape tangerine grapefruit watermelon steak"),
    after(Taste, "sour", ["acide", "acide", "acides", "acides"])
        .of(&[], "apple lemon cherry currant orange plum grapefruit candy raspberry grape kiwi"),
    after(Taste, "burnt", ["brûlé", "brûlée", "brûlés", "brûlées"])
        .of(&[], "cake pie loaf biscuit omelette pizza sausage pancake waffle steak stew roast"),
    before(Character, "fat", ["gros", "grosse", "gros", "grosses"]).of(LIVING, ""),
    before(Character, "kind", ["gentil", "gentille", "gentils", "gentilles"])
        .of(&[], "goat ewe mule dog cat pony horse donkey cow bear owl"),
    after(Character, "shy", ["timide", "timide", "timides", "timides"]).of(LIVING, ""),
    after(Character, "clever", ["intelligent", "intelligente", "intelligents", "intelligentes"])
        .of(&[], "dog cat puppy parrot mouse horse pony donkey pig goat crow raven owl rat otter squirrel"),
    after(Character, "sly", ["rusé", "rusée", "rusés", "rusées"]).of(&[], "fox cat crow raven wolf weasel snake rat ferret"),
    after(Character, "wild", ["sauvage", "sauvage", "sauvages", "sauvages"])
        .of(&[], "cat rabbit horse pony duck goose goat boar bird swan strawberry flower orchid tulip"),
    after(Character, "lazy", ["paresseux", "paresseuse", "paresseux", "paresseuses"])
        .of(&[], "cat dog rabbit hamster tortoise hen horse pony donkey mule cow bull pig bear"),
    after(Character, "playful", ["joueur", "joueuse", "joueurs", "joueuses"])
        .of(&[], "cat dog kitten puppy ferret lamb piglet calf goat otter squirrel pony"),
    after(Character, "brave", ["courageux", "courageuse", "courageux", "courageuses"]).of(LIVING, ""),
    after(Character, "curious", ["curieux", "curieuse", "curieux", "curieuses"]).of(LIVING, ""),
    after(Character, "quiet", ["tranquille", "tranquille", "tranquilles", "tranquilles"]).of(
        LIVING,
        "garden river church forest pond library square orchard beach lake meadow park courtyard street road house bedroom \
         valley island",
    ),
    after(Character, "noisy", ["bruyant", "bruyante", "bruyants", "bruyantes"])
        .of(LIVING, "market school kitchen station inn workshop cafe restaurant stadium street pool harbour"),
    after(Character, "fast", ["rapide", "rapide", "rapides", "rapides"])
        .of(&[], "boat sledge bicycle dog horse pony rabbit falcon swallow hare stag doe river"),
    after(Character, "slow", ["lent", "lente", "lents", "lentes"])
        .of(&[], "ladybird tortoise snail donkey toad worm boat mule cow"),
    after(Character, "gentle", ["affectueux", "affectueuse", "affectueux", "affectueuses"])
        .of(&[], "dog cat kitten puppy rabbit pony horse donkey cow mare lamb"),
    after(Character, "stubborn", ["têtu", "têtue", "têtus", "têtues"]).of(&[], "goat donkey mule pony dog ram pig bull horse"),
    after(Character, "greedy", ["gourmand", "gourmande", "gourmands", "gourmandes"])
        .of(&[], "dog cat puppy pig goat hamster mouse bear seagull magpie hen duck rat"),
    after(Character, "patient", ["patient", "patiente", "patients", "patientes"])
        .of(&[], "dog cat horse donkey heron spider cow pony mare"),
    after(Character, "strong", ["fort", "forte", "forts", "fortes"])
        .of(&[], "horse bull dog bear donkey mule ram boar eagle stag bulldog"),
    after(Character, "dangerous", ["dangereux", "dangereuse", "dangereux", "dangereuses"])
        .of(&[], "wolf bear bull boar snake road cliff swamp mountain river"),
];
