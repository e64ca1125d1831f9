#include "tools/sandbox/renditions.h"

#include <gtest/gtest.h>

namespace kerros::sandbox {
namespace {

TEST(Renditions, ShowTheBytesTheyAreMadeOf) {
  EXPECT_NE(pdf_of("a (secret) word").find("a \\(secret\\) word"), std::string::npos);
  EXPECT_NE(html_of("plain words").find("plain words"), std::string::npos);
  EXPECT_TRUE(picture_of("x").starts_with("\x89PNG\r\n"));
  EXPECT_NE(picture_of("x"), picture_of("y"));
}

TEST(Renditions, AreMadeOfKnownKindsOnly) {
  EXPECT_TRUE(converts("docx", "pdf"));
  EXPECT_FALSE(converts("bin", "pdf"));
  EXPECT_FALSE(converts("docx", "exe"));
  EXPECT_TRUE(has_thumbnail("jpg"));
  EXPECT_FALSE(has_thumbnail("bin"));
}

TEST(Cells, AreLinesPartedByCommas) {
  const Cells cells = cells_of("a,b\nc\n");
  ASSERT_EQ(cells.size(), 2U);
  EXPECT_EQ(cells[0][1], "b");
  EXPECT_EQ(cells[1][1], "");
  EXPECT_EQ(bytes_of(cells), "a,b\nc,\n");
}

TEST(Cells, AreNamedByALetterAndANumber) {
  std::size_t column = 0;
  std::size_t row = 0;
  ASSERT_TRUE(parse_cell("B3", column, row));
  EXPECT_EQ(column, 1U);
  EXPECT_EQ(row, 2U);
  for (const char* address : {"", "B", "3", "B0", "b3", "B3:C4", "B99999999"}) {
    EXPECT_FALSE(parse_cell(address, column, row)) << address;
  }
}

}  // namespace
}  // namespace kerros::sandbox
