#include "gateway/policy/expected_item.h"

#include <gtest/gtest.h>

namespace kerros::policy {
namespace {

constexpr ExpectedItem kCopy{"b!d", "", "/Salassa", "report.docx"};

bool matches(std::string_view path, const ExpectedItem& expected = kCopy) {
  return is_expected(expected, {"b!d", "01B", path});
}

TEST(ExpectedItem, IsKnownByDriveFolderAndName) {
  EXPECT_TRUE(matches("/Salassa/report.docx"));
  EXPECT_TRUE(matches("/SALASSA/Report.DOCX"));
  EXPECT_FALSE(matches("/Yleinen/report.docx"));
  EXPECT_FALSE(matches("/Salassa/A/report.docx"));
  EXPECT_FALSE(matches("/Salassa/other.docx"));
  EXPECT_FALSE(is_expected(kCopy, {"b!e", "01B", "/Salassa/report.docx"}));
}

TEST(ExpectedItem, MayHaveANumberWhereTheNameWasTaken) {
  EXPECT_TRUE(matches("/Salassa/report 1.docx"));
  EXPECT_TRUE(matches("/Salassa/report (2).docx"));
  EXPECT_FALSE(matches("/Salassa/report 1.pdf"));
  EXPECT_FALSE(matches("/Salassa/report final.docx"));
  EXPECT_FALSE(matches("/Salassa/repor.docx"));
}

TEST(ExpectedItem, ThatIsReplacedLiesInTheVeryPlaceThatWasNamed) {
  const auto replaced = [](std::string_view path, const ExpectedItem& expected = kCopy) {
    return is_named_place(expected, {"b!d", "01B", path});
  };
  EXPECT_TRUE(replaced("/Salassa/Report.docx"));
  EXPECT_FALSE(replaced("/Salassa/report 2024.docx"));
  EXPECT_FALSE(replaced("/Salassa/report (2).docx"));
  EXPECT_FALSE(replaced("/Yleinen/report.docx"));
  EXPECT_FALSE(replaced(""));
  EXPECT_FALSE(replaced("/A/B/report.docx", {"b!d", "", "", "report.docx"})) << "in any folder";
  EXPECT_FALSE(replaced("/Salassa/report.docx", {"b!e", "", "/Salassa", "report.docx"}));
}

TEST(ExpectedItem, IsNarrowedByItsIdOnceThatIsTold) {
  ExpectedItem told = kCopy;
  told.item_id = "01B";
  EXPECT_TRUE(matches("/Salassa/report.docx", told));
  EXPECT_TRUE(matches("", told));
  EXPECT_FALSE(matches("/elsewhere/contract.docx", told));
  told.item_id = "01C";
  EXPECT_FALSE(matches("/Salassa/report.docx", told));
}

TEST(ExpectedItem, IsNeverOneWhosePlaceIsNotTold) {
  EXPECT_FALSE(matches(""));
  EXPECT_FALSE(is_expected(kCopy, {"b!d", "", "/Salassa/report.docx"}));
}

TEST(ExpectedItem, InACopiedFolderMayLieAnywhereInTheDrive) {
  EXPECT_TRUE(matches("/A/B/report.docx", {"b!d", "", "", "report.docx"}));
  EXPECT_FALSE(matches("/A/B/other.docx", {"b!d", "", "", "report.docx"}));
}

TEST(ExpectedItem, KnowsParentsAndNames) {
  EXPECT_EQ(parent_of("/A/b.txt"), "/A");
  EXPECT_EQ(parent_of("/b.txt"), "/");
  EXPECT_EQ(parent_of(""), "");
  EXPECT_EQ(name_of("/A/b.txt"), "b.txt");
}

}  // namespace
}  // namespace kerros::policy
