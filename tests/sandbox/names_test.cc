#include "tools/sandbox/names.h"

#include <gtest/gtest.h>

#include <set>

namespace kerros::sandbox {
namespace {

TEST(Names, AreRenamedToTheFirstFreeNumber) {
  const std::set<std::string> taken = {"a.txt", "a 1.txt", "plain", ".hidden"};
  const auto is_taken = [&](const std::string& name) { return taken.contains(name); };
  EXPECT_EQ(free_name("a.txt", is_taken), "a 2.txt");
  EXPECT_EQ(free_name("plain", is_taken), "plain 1");
  EXPECT_EQ(free_name(".hidden", is_taken), ".hidden 1");
  EXPECT_EQ(free_name("b.txt", is_taken), "b.txt");
}

TEST(Names, AreTheSameWithoutRegardToCaseButNotToNormalisation) {
  EXPECT_EQ(fold_name("Ärger ΑΒΓ.TXT"), fold_name("ärger αβγ.txt"));
  EXPECT_NE(fold_name("\u00e4"), fold_name("a\u0308"));
  EXPECT_EQ(fold_name("\xF0\x9F\x98\x80"), "\xF0\x9F\x98\x80");
}

TEST(Names, MayHoldWhatUrlsMustEncode) {
  for (const char* name :
       {"a#b%c&d+e.txt", "it's (1).txt", "x;y,z=@$!", "\u6f22\u5b57", ".gitignore"}) {
    EXPECT_EQ(why_name_is_bad(name), "") << name;
  }
}

TEST(Names, AreRefusedWhenTheServiceCouldNotKeepThem) {
  for (const char* name :
       {"",    ".",  "..", "a/b", "a\\b", "a:b", "a*b",  "a?b",     "a\"b",        "a<b",
        "a|b", "a.", " a", "a ",  "~a",   "con", "LPT1", "x_vti_y", "desktop.ini", "a\x01"}) {
    EXPECT_NE(why_name_is_bad(name), "") << name;
  }
  EXPECT_NE(why_name_is_bad(std::string(256, 'a')), "");
}

}  // namespace
}  // namespace kerros::sandbox
