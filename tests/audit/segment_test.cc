#include "gateway/audit/segment.h"

#include <gtest/gtest.h>

#include "tests/audit/audit_fixture.h"

namespace kerros::audit {
namespace {

namespace fs = std::filesystem;
using testing::read_file;
using testing::TestDirectory;
using testing::write_file;

const Bytes kSeal(32, 1);
constexpr const char* kName = "2026-11-21";

class Segment : public ::testing::Test {
 protected:
  Segment() { fs::create_directory(directory_.path() + "/segments"); }
  SegmentWriter create() {
    return SegmentWriter::create(directory_.path(), {kName, 1, {}, {}}, kSeal).value();
  }
  static Bytes frames(std::uint64_t first, int count) {
    Bytes bytes;
    for (int i = 0; i < count; ++i) seal_frame(kSeal, kName, first++, Bytes(50, 'x'), bytes);
    return bytes;
  }
  // Positions of the frames, and how the file ends.
  std::pair<std::uint64_t, std::optional<ErrorCode>> walk() {
    auto reader = SegmentReader::open(directory_.path(), kName);
    if (!reader) return {0, reader.error().code};
    for (;;) {
      const auto frame = reader->next();
      if (!frame) return {reader->next_position() - 1, frame.error().code};
      if (!*frame) return {reader->next_position() - 1, std::nullopt};
      EXPECT_TRUE(open_frame(kSeal, kName, (*frame)->position, (*frame)->sealed));
    }
  }
  std::string path() { return segment_path(directory_.path(), kName); }

  TestDirectory directory_;
};

TEST_F(Segment, GivesBackWhatWasAppended) {
  SegmentWriter writer = create();
  ASSERT_TRUE(writer.append(frames(1, 3)));
  ASSERT_TRUE(writer.append(frames(4, 5000)));  // more than one read ahead
  EXPECT_EQ(walk(), std::pair(std::uint64_t{5003}, std::optional<ErrorCode>{}));
}

TEST_F(Segment, TellsACutFrameWhereverItIsCut) {
  create();
  const Bytes head = read_file(path());
  const Bytes two = frames(1, 2);
  for (std::size_t cut = 1; cut < two.size() / 2; ++cut) {
    Bytes bytes = head;
    bytes.insert(bytes.end(), two.begin(), two.end() - static_cast<std::ptrdiff_t>(cut));
    write_file(path(), bytes);
    EXPECT_EQ(walk(), std::pair(std::uint64_t{1}, std::optional(ErrorCode::kTruncated))) << cut;
  }
}

TEST_F(Segment, TellsZerosAtTheEndFromALengthThatCannotBe) {
  create();
  Bytes bytes = read_file(path());
  bytes.resize(bytes.size() + 1'000'000);
  write_file(path(), bytes);
  EXPECT_EQ(walk().second, ErrorCode::kTruncated);
  bytes.back() = 1;
  write_file(path(), bytes);
  EXPECT_EQ(walk().second, ErrorCode::kMalformed);
}

TEST_F(Segment, GoesOnAfterTheLengthThatCounts) {
  {
    SegmentWriter writer = create();
    ASSERT_TRUE(writer.append(frames(1, 2)));
  }
  const auto length = fs::file_size(path());
  Bytes torn = read_file(path());
  torn.insert(torn.end(), 17, 'x');
  write_file(path(), torn);
  auto writer = SegmentWriter::resume(directory_.path(), {kName, 1, {}, {}}, length);
  ASSERT_TRUE(writer);
  ASSERT_TRUE(writer->append(frames(3, 1)));
  EXPECT_EQ(walk(), std::pair(std::uint64_t{3}, std::optional<ErrorCode>{}));
}

TEST_F(Segment, IsNeverBegunTwice) {
  create();
  EXPECT_FALSE(SegmentWriter::create(directory_.path(), {kName, 1, {}, {}}, kSeal));
}

TEST_F(Segment, TakesNothingWhileItsFileIsAway) {
  SegmentWriter writer = create();
  ASSERT_TRUE(writer.append(frames(1, 1)));
  fs::rename(path(), path() + ".away");
  EXPECT_EQ(writer.append(frames(2, 1)).error().code, ErrorCode::kUnavailable);
  write_file(path(), read_file(path() + ".away"));  // the same bytes in another file
  EXPECT_EQ(writer.append(frames(2, 1)).error().code, ErrorCode::kUnavailable);
  fs::rename(path() + ".away", path());
  EXPECT_TRUE(writer.append(frames(2, 1)));
  EXPECT_EQ(walk().first, 2U);
}

TEST_F(Segment, TakesNothingWhileItHasAnotherLength) {
  SegmentWriter writer = create();
  ASSERT_TRUE(writer.append(frames(1, 2)));
  const Bytes whole = read_file(path());
  fs::resize_file(path(), whole.size() - 1);
  EXPECT_EQ(writer.append(frames(3, 1)).error().code, ErrorCode::kUnavailable);
  write_file(path(), whole);  // the same file: it is written in place
  EXPECT_TRUE(writer.append(frames(3, 1)));
}

TEST_F(Segment, NamesAreDaysAndNothingElse) {
  create();
  EXPECT_EQ(segment_names(directory_.path()).value(), std::vector<std::string>{kName});
  write_file(directory_.path() + "/segments/notes.txt", {});
  EXPECT_EQ(segment_names(directory_.path()).error().code, ErrorCode::kMalformed);
}

}  // namespace
}  // namespace kerros::audit
