/** The emoji that the picker offers, by group: shortcode and character in turns. */
export const EMOJI_GROUPS: readonly { readonly name: string; readonly source: string }[] = [
  {
    name: "Smileys",
    source: `grinning 😀 smiley 😃 smile 😄 grin 😁 laughing 😆 sweat_smile 😅 joy 😂 rofl 🤣 slight_smile 🙂 upside_down 🙃
      wink 😉 blush 😊 innocent 😇 heart_eyes 😍 star_struck 🤩 kissing_heart 😘 yum 😋 stuck_out_tongue 😛 zany 🤪
      hugging 🤗 shushing 🤫 thinking 🤔 raised_eyebrow 🤨 neutral_face 😐 expressionless 😑 no_mouth 😶 smirk 😏
      unamused 😒 roll_eyes 🙄 grimacing 😬 relieved 😌 pensive 😔 sleepy 😪 sleeping 😴 mask 😷 sick 🤒 nauseated 🤢
      sneezing 🤧 hot 🥵 cold 🥶 woozy 🥴 dizzy_face 😵 exploding_head 🤯 cowboy 🤠 partying 🥳 sunglasses 😎 nerd 🤓
      monocle 🧐 confused 😕 worried 😟 frowning 🙁 open_mouth 😮 hushed 😯 astonished 😲 flushed 😳 pleading 🥺
      fearful 😨 cold_sweat 😰 cry 😢 sob 😭 scream 😱 confounded 😖 disappointed 😞 sweat 😓 weary 😩 tired 😫
      yawning 🥱 triumph 😤 angry 😠 rage 😡 skull 💀 poop 💩 clown 🤡 ghost 👻 alien 👽 robot 🤖 cat_joy 😹`,
  },
  {
    name: "People",
    source: `thumbsup 👍 thumbsdown 👎 ok_hand 👌 pinched_fingers 🤌 victory ✌️ crossed_fingers 🤞 metal 🤘 call_me 🤙
      point_left 👈 point_right 👉 point_up 👆 point_down 👇 raised_hand ✋ wave 👋 clap 👏 raised_hands 🙌
      open_hands 👐 handshake 🤝 pray 🙏 writing_hand ✍️ muscle 💪 fist 👊 ear 👂 eyes 👀 brain 🧠 facepalm 🤦
      shrug 🤷 bow 🙇 raising_hand 🙋 ninja 🥷 detective 🕵️ astronaut 🧑‍🚀 scientist 🧑‍🔬 coder 🧑‍💻 dancer 💃 runner 🏃`,
  },
  {
    name: "Nature",
    source: `dog 🐶 cat 🐱 mouse 🐭 rabbit 🐰 fox 🦊 bear 🐻 panda 🐼 koala 🐨 lion 🦁 cow 🐮 frog 🐸 monkey 🐵
      see_no_evil 🙈 hear_no_evil 🙉 speak_no_evil 🙊 chicken 🐔 penguin 🐧 bird 🐦 eagle 🦅 owl 🦉 wolf 🐺 unicorn 🦄
      bee 🐝 bug 🐛 butterfly 🦋 snail 🐌 turtle 🐢 octopus 🐙 crab 🦀 whale 🐳 dolphin 🐬 sloth 🦥 hedgehog 🦔
      cactus 🌵 evergreen 🌲 seedling 🌱 four_leaf_clover 🍀 rose 🌹 sunflower 🌻 blossom 🌸 sunny ☀️ cloud ☁️
      rainbow 🌈 zap ⚡ snowflake ❄️ fire 🔥 ocean 🌊 moon 🌙 earth 🌍`,
  },
  {
    name: "Food",
    source: `apple 🍎 lemon 🍋 banana 🍌 watermelon 🍉 strawberry 🍓 peach 🍑 avocado 🥑 broccoli 🥦 carrot 🥕 bread 🍞
      croissant 🥐 pretzel 🥨 cheese 🧀 pancakes 🥞 burger 🍔 fries 🍟 pizza 🍕 taco 🌮 ramen 🍜 sushi 🍣 ice_cream 🍦
      doughnut 🍩 cookie 🍪 birthday 🎂 cake 🍰 chocolate 🍫 popcorn 🍿 coffee ☕ tea 🍵 beer 🍺 beers 🍻 wine 🍷
      champagne 🍾 cocktail 🍸`,
  },
  {
    name: "Activities",
    source: `soccer ⚽ basketball 🏀 tennis 🎾 trophy 🏆 medal 🏅 first_place 🥇 dart 🎯 game 🎮 dice 🎲 puzzle 🧩
      guitar 🎸 microphone 🎤 headphones 🎧 art 🎨 movie 🎬 ticket 🎫 bicycle 🚲 car 🚗 train 🚆 airplane ✈️ rocket 🚀
      ship 🚢 tent ⛺ house 🏠 office 🏢 mountain ⛰️ beach 🏖️ map 🗺️`,
  },
  {
    name: "Objects",
    source: `tada 🎉 confetti 🎊 balloon 🎈 gift 🎁 ribbon 🎀 crystal_ball 🔮 phone 📱 computer 💻 keyboard ⌨️ camera 📷
      bulb 💡 flashlight 🔦 book 📖 books 📚 memo 📝 pencil ✏️ pushpin 📌 paperclip 📎 scissors ✂️ calendar 📅
      chart_up 📈 chart_down 📉 clipboard 📋 folder 📁 package 📦 mailbox 📬 envelope ✉️ bell 🔔 mute 🔕 mega 📣
      lock 🔒 unlock 🔓 key 🔑 hammer 🔨 wrench 🔧 gear ⚙️ link 🔗 magnet 🧲 test_tube 🧪 hourglass ⏳ alarm ⏰ watch ⌚
      moneybag 💰 gem 💎 shield 🛡️ bomb 💣 broom 🧹 ladder 🪜`,
  },
  {
    name: "Symbols",
    source: `heart ❤️ orange_heart 🧡 yellow_heart 💛 green_heart 💚 blue_heart 💙 purple_heart 💜 black_heart 🖤
      broken_heart 💔 sparkling_heart 💖 sparkles ✨ star ⭐ dizzy 💫 boom 💥 sweat_drops 💦 zzz 💤 100 💯 check ✅
      heavy_check ✔️ x ❌ plus ➕ minus ➖ question ❓ exclamation ❗ warning ⚠️ no_entry ⛔ construction 🚧 recycle ♻️
      sos 🆘 new 🆕 cool 🆒 ok 🆗 red_circle 🔴 yellow_circle 🟡 green_circle 🟢 blue_circle 🔵 checkered_flag 🏁
      white_flag 🏳️ arrow_right ➡️ arrow_up ⬆️ speech 💬 thought 💭 musical_note 🎵 infinity ♾️`,
  },
];
