#include "tools/output.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "tests/tools/made_installation.h"
#include "tools/whole_output.h"

namespace kerros::tools {
namespace {

std::string printed(const std::function<void()>& print) {
  testing::internal::CaptureStdout();
  print();
  std::fflush(stdout);
  return testing::internal::GetCapturedStdout();
}

const Json kRows = {{{"name", "a.docx"}, {"size", 5}}, {{"name", "hätä"}, {"size", nullptr}}};

TEST(ListPrinter, AlignsColumnsByCharacters) {
  EXPECT_EQ(printed([] {
              ListPrinter printer({{"name", "NAME"}, {"size", "SIZE"}}, false);
              printer.add(kRows);
              printer.end();
            }),
            "NAME    SIZE\n"
            "a.docx  5\n"
            "hätä    -\n");
}

TEST(ListPrinter, PrintsOneArrayOverSeveralPages) {
  const auto text = printed([] {
    ListPrinter printer({}, true);
    printer.add(kRows);
    printer.add(Json::array());
    printer.add(kRows);
    printer.end();
  });
  EXPECT_EQ(Json::parse(text).size(), 4u);
}

TEST(ListPrinter, PrintsAnEmptyArrayForNothing) {
  EXPECT_EQ(printed([] {
              ListPrinter printer({}, true);
              printer.add(Json::array());
              printer.end();
            }),
            "[]\n");
}

TEST(Output, ShowsWhatATerminalWouldObey) {
  EXPECT_EQ(printable("a\x1b[2Jb\xc2\x9b"
                      "c\x7f\n"),
            "a?[2Jb?c??");
  EXPECT_EQ(cell(true), "yes");
  EXPECT_EQ(cell(""), "-");
}

TEST(Output, FlattensObjects) {
  EXPECT_EQ(
      printed([] { print_object({{"a", {{"b", 1}, {"c", nullptr}}}, {"d", {"x", "y"}}}, false); }),
      "a.b: 1\na.c: -\nd: x\nd: y\n");
}

class WholeOutputTest : public testing::Test {
 protected:
  std::string content() const {
    std::ifstream in(path_);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  std::size_t files() const {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry :
         std::filesystem::directory_iterator(directory_.at("")))
      ++count;
    return count;
  }
  testing_tools::TemporaryDirectory directory_;
  std::string path_ = directory_.at("out");
};

TEST_F(WholeOutputTest, AppearsWhenPublished) {
  auto output = WholeOutput::create(path_, Replace::kNo);
  ASSERT_TRUE(output);
  ASSERT_TRUE(output->write(as_bytes("plain")));
  EXPECT_FALSE(std::filesystem::exists(path_));
  ASSERT_TRUE(output->publish());
  EXPECT_EQ(content(), "plain");
  EXPECT_EQ(files(), 1u);
}

TEST_F(WholeOutputTest, LeavesNothingWhenAbandoned) {
  {
    auto output = WholeOutput::create(path_, Replace::kNo);
    ASSERT_TRUE(output);
    ASSERT_TRUE(output->write(as_bytes("plain")));
  }
  EXPECT_EQ(files(), 0u);
}

TEST_F(WholeOutputTest, NeverOverwritesUnasked) {
  std::ofstream(path_) << "old";
  const auto refused = WholeOutput::create(path_, Replace::kNo);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_EQ(files(), 1u);
  auto output = WholeOutput::create(path_, Replace::kYes);
  ASSERT_TRUE(output);
  ASSERT_TRUE(output->write(as_bytes("new")));
  ASSERT_TRUE(output->publish());
  EXPECT_EQ(content(), "new");
}

TEST_F(WholeOutputTest, DoesNotOverwriteWhatAppearedMeanwhile) {
  auto output = WholeOutput::create(path_, Replace::kNo);
  ASSERT_TRUE(output);
  std::ofstream(path_) << "somebody else's";
  const auto published = output->publish();
  ASSERT_FALSE(published);
  EXPECT_EQ(published.error().code, ErrorCode::kConflict);
  EXPECT_EQ(content(), "somebody else's");
}

}  // namespace
}  // namespace kerros::tools
