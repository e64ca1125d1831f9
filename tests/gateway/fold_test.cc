#include "gateway/policy/fold.h"

#include <gtest/gtest.h>

namespace kerros::policy {
namespace {

struct Pair {
  const char* upper;
  const char* lower;
};

TEST(Fold, JoinsCapitalsAndSmallLetters) {
  for (const Pair& pair :
       {Pair{"SALASSA", "salassa"}, Pair{"PÖYTÄ Å", "pöytä å"}, Pair{"ÞÆØÝ", "þæøý"},
        Pair{"ĀĒĮĲĶ", "āēįĳķ"}, Pair{"ĹĽŁŇ", "ĺľłň"}, Pair{"ŊŐŒŠŲŶ", "ŋőœšųŷ"},
        Pair{"ŸŹŻŽ", "ÿźżž"}, Pair{"ΆΈΉΊΌΎΏ", "άέήίόύώ"}, Pair{"ΑΡΣΩΪΫ", "αρσωϊϋ"}, Pair{"Σ", "ς"},
        Pair{"ЀЏАЯ", "ѐџая"}, Pair{"ѠҐҊӀӁӍӐԮ", "ѡґҋӏӂӎӑԯ"}, Pair{"ẞ", "ß"}, Pair{"K", "k"},
        Pair{"Å", "å"}, Pair{"µ", "μ"}, Pair{"ſ", "s"}, Pair{"Ḁ", "ḁ"}})
    EXPECT_EQ(fold(pair.upper), fold(pair.lower)) << pair.upper;
}

TEST(Fold, KeepsApartWhatIsNoPair) {
  for (const Pair& pair : {Pair{"×", "÷"}, Pair{"ı", "i"}, Pair{"İ", "i"}, Pair{"ĸ", "Ĺ"},
                           Pair{"ŉ", "Ŋ"}, Pair{"ö", "o"}, Pair{"@", "`"}, Pair{"[", "{"},
                           Pair{"ß", "ss"}, Pair{"\xff", "ÿ"}, Pair{"\xff", "\xfe"}})
    EXPECT_NE(fold(pair.upper), fold(pair.lower)) << pair.upper;
}

TEST(Fold, IsStable) {
  for (char32_t c = 1; c < 0x800; ++c) {
    std::string text;
    if (c < 0x80) {
      text.push_back(static_cast<char>(c));
    } else {
      text.push_back(static_cast<char>(0xc0 | c >> 6));
      text.push_back(static_cast<char>(0x80 | (c & 0x3f)));
    }
    const std::u32string once = fold(text);
    ASSERT_EQ(once.size(), 1U);
    std::string again;
    if (once[0] < 0x80) {
      again.push_back(static_cast<char>(once[0]));
    } else if (once[0] < 0x800) {
      again.push_back(static_cast<char>(0xc0 | once[0] >> 6));
      again.push_back(static_cast<char>(0x80 | (once[0] & 0x3f)));
    }
    EXPECT_EQ(fold(again), once) << static_cast<unsigned>(c);
  }
}

}  // namespace
}  // namespace kerros::policy
