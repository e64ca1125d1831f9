// Finding records again: by whom, what and when, with an index and without.
#include "gateway/audit/query.h"

#include <gtest/gtest.h>

#include <fstream>

#include "gateway/audit/index.h"
#include "gateway/audit/tiles.h"
#include "tests/audit/audit_fixture.h"

namespace kerros::audit {
namespace {

namespace fs = std::filesystem;
using namespace testing;

Record by(const std::string& actor, const std::string& item, std::uint64_t time = kNoon) {
  Record record = upload_intent("drive b!d item " + item);
  record.time_ms = time;
  record.actor = actor;
  record.details = {{"key", "key-of-" + item}, {"unit", actor == "ada@x" ? "hr" : "care"}};
  return record;
}

class Query : public ::testing::Test {
 protected:
  // Three days, of which two are over; every record of ada's is about an item of its own.
  Query() : log_(open_log(directory_.path(), world_)) {
    for (int day = 0; day < 3; ++day, world_.now_ms += kDay)
      for (int i = 0; i < 100; ++i) {
        const auto item = "I" + std::to_string(day) + "-" + std::to_string(i);
        append(by(i % 10 == 0 ? "ada@x" : "bo@x", item, world_.now_ms));
      }
  }
  void append(const Record& record) { ASSERT_TRUE(log_->append_and_wait(record)); }
  // Every answer, page by page.
  std::vector<std::uint64_t> find(const Texts& asked, std::size_t limit = 7) {
    const auto filter = parse_filter(asked);
    EXPECT_TRUE(filter);
    std::vector<std::uint64_t> found;
    for (std::uint64_t from = 1; from != 0;) {
      const auto page = log_->query(*filter, from, limit);
      if (!page) {
        ADD_FAILURE() << page.error().detail;
        break;
      }
      EXPECT_LE(page->records.size(), limit);
      for (const auto& placed : page->records) found.push_back(placed.position);
      from = page->next;
    }
    return found;
  }
  std::string index(int day) {
    return index_path(directory_.path(), "2026-11-2" + std::to_string(day));
  }

  TestDirectory directory_;
  World world_;
  std::unique_ptr<Log> log_;
};

TEST_F(Query, FindsTheSameWithAnIndexAndWithout) {
  const std::vector<Texts> questions = {{{"actor", "ada@x"}},
                                        {{"item", "I1-40"}},
                                        {{"key", "key-of-I0-99"}},
                                        {{"unit", "hr"}, {"since", "2026-11-22"}},
                                        {{"unit", "hr"}, {"item", "I2-1"}},
                                        {{"event", "upload-intent"}, {"until", "2026-11-21"}},
                                        {{"class", "ERROR"}},
                                        {{"status", "intent"}, {"actor", "nobody"}},
                                        {{"subject", "ada@"}},
                                        {}};
  std::vector<std::vector<std::uint64_t>> answers;
  for (const auto& asked : questions) answers.push_back(find(asked));
  EXPECT_EQ(answers[0].size(), 30U);
  EXPECT_EQ(answers[1], (std::vector<std::uint64_t>{141}));
  EXPECT_EQ(answers[2], (std::vector<std::uint64_t>{100}));
  EXPECT_EQ(answers[3].size(), 20U);
  EXPECT_TRUE(answers[4].empty());
  EXPECT_EQ(answers[5].size(), 100U) << "a day is meant with its end";
  EXPECT_TRUE(answers[6].empty());
  EXPECT_EQ(answers[8].size(), 30U);
  EXPECT_EQ(answers[9].size(), 300U);

  ASSERT_TRUE(log_->keep());
  ASSERT_TRUE(fs::exists(index(1)) && fs::exists(index(2)));
  EXPECT_FALSE(fs::exists(index(3))) << "today is still written to";
  for (std::size_t i = 0; i < questions.size(); ++i) EXPECT_EQ(find(questions[i]), answers[i]) << i;
}

TEST_F(Query, GoesOnWhereItIsTold) {
  ASSERT_TRUE(log_->keep());
  const auto filter = parse_filter({{"actor", "ada@x"}});
  const auto page = log_->query(*filter, 95, 2);
  ASSERT_TRUE(page);
  ASSERT_EQ(page->records.size(), 2U);
  EXPECT_EQ(page->records[0].position, 101U);
  EXPECT_EQ(page->records[1].position, 111U);
  EXPECT_EQ(page->next, 112U);
  EXPECT_EQ(log_->query(*filter, 301, 5)->next, 0U);
}

TEST_F(Query, ReadsTheSegmentWhereAnIndexIsDamaged) {
  ASSERT_TRUE(log_->keep());
  const auto whole = find({{"actor", "ada@x"}});
  for (const std::uint64_t at : {0U, 10U, 200U}) {
    const Bytes before = read_file(index(1));
    flip_bit(index(1), at);
    EXPECT_EQ(find({{"actor", "ada@x"}}), whole) << at;
    write_file(index(1), before);
  }
  fs::resize_file(index(2), 8);
  EXPECT_EQ(find({{"actor", "ada@x"}}), whole);
  fs::rename(index(1), index(2));  // of another day
  EXPECT_EQ(find({{"actor", "ada@x"}}), whole);
}

TEST_F(Query, TellsNobodyWhoIsInAnIndex) {
  ASSERT_TRUE(log_->keep());
  const Bytes bytes = read_file(index(1));
  for (const std::string_view word : {"ada", "bo@", "I0-", "hr"})
    EXPECT_EQ(as_text(bytes).find(word), std::string_view::npos) << word;
}

TEST_F(Query, HasHashesThatAreOfOneSegmentOnly) {
  const Keys keys = test_keys();
  const SegmentHead a{"2026-11-21", 1, {1}, {}}, b{"2026-11-22", 101, {2}, {}};
  const Term ada{Kind::kActor, "ada@x"};
  EXPECT_NE(hash_of(term_key(keys, a), ada), hash_of(term_key(keys, b), ada));
  EXPECT_NE(hash_of(term_key(keys, a), ada), hash_of(term_key(keys, a), {Kind::kItem, "ada@x"}));
}

TEST_F(Query, SaysWhichRecordIsDamaged) {
  const std::string path = directory_.path() + "/segments/2026-11-21.seg";
  flip_bit(path, fs::file_size(path) - 3);
  const auto page = log_->query({}, 1, 1000);
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().code, ErrorCode::kNotAuthentic);
  EXPECT_NE(page.error().detail.find("record 100"), std::string::npos) << page.error().detail;
}

TEST_F(Query, GivesEachRecordItsProof) {
  const auto page = log_->query({}, 5, 1);
  ASSERT_TRUE(page);
  const Placed& placed = page->records.front();
  EXPECT_EQ(decode(placed.payload).value(), placed.record);
  ASSERT_TRUE(log_->checkpoint());
  EXPECT_EQ(EntryReader(directory_.path(), 300).at(4).value(),
            entry_of(placed.salt, placed.payload));
}

TEST(Filter, SurvivesTheWayThroughTexts) {
  const Texts texts = {{"since", "2026-11-21T08:00:00.000Z"},
                       {"until", "2026-12-01T00:00:00.000Z"},
                       {"actor", "ada@x"},
                       {"item", "I"},
                       {"key", "k"},
                       {"unit", "hr"},
                       {"status", "refused"},
                       {"subject", "ada"},
                       {"event", "read-done"},
                       {"class", "ACCESS"}};
  const auto filter = parse_filter(texts);
  ASSERT_TRUE(filter);
  EXPECT_EQ(to_texts(*filter), texts);
  EXPECT_TRUE(to_texts({}).empty());
}

TEST(Filter, RefusesWhatItDoesNotUnderstand) {
  for (const Texts& texts : std::vector<Texts>{{{"since", "yesterday"}},
                                               {{"until", "2026-02-30"}},
                                               {{"since", "2026-11-21T25:00:00Z"}},
                                               {{"since", "2026-11-21 08:00"}},
                                               {{"event", "party"}},
                                               {{"class", "access"}}})
    EXPECT_EQ(parse_filter(texts).error().code, ErrorCode::kMalformed) << texts.begin()->second;
}

TEST(Filter, KnowsWhatARecordIsAbout) {
  Record record = by("ada@x", "I7");
  record.target = "unit Home care 0123456789abcdef0123456789abcdef version 3";
  EXPECT_TRUE(matches(parse_filter({{"unit", "Home care"}}).value(), record));
  EXPECT_TRUE(matches(parse_filter({{"unit", "hr"}}).value(), record)) << "by its details";
  record.target = "key 0a0b";
  EXPECT_TRUE(matches(parse_filter({{"key", "0a0b"}}).value(), record));
  EXPECT_FALSE(matches(parse_filter({{"key", "0a"}}).value(), record));
  EXPECT_FALSE(matches(parse_filter({{"item", "I7"}}).value(), record));
}

}  // namespace
}  // namespace kerros::audit
