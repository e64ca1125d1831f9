#include "gateway/audit/record.h"

#include <gtest/gtest.h>

#include "tests/audit/audit_fixture.h"

namespace kerros::audit {
namespace {

using testing::kNoon;
using testing::upload_done;
using testing::upload_intent;

TEST(Record, ComesBackFromItsEncoding) {
  Record record = upload_done(41);
  record.details.emplace_back("note", "p\xc3\xa4iv\xc3\xa4n lista \xf0\x9f\x93\x8e");
  ASSERT_TRUE(check(record));
  EXPECT_EQ(decode(encode(record)).value(), record);
}

TEST(Record, IsRefusedWhereverItIsCut) {
  const Bytes whole = encode(upload_intent());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto record = decode(ByteView(whole).first(size));
    ASSERT_FALSE(record) << size;
    EXPECT_EQ(record.error().code, ErrorCode::kTruncated) << size;
  }
}

TEST(Record, IsRefusedWithBytesBehindIt) {
  Bytes bytes = encode(upload_intent());
  bytes.push_back(0);
  EXPECT_EQ(decode(bytes).error().code, ErrorCode::kTrailingData);
}

TEST(Record, OfALaterVersionOrAnUnknownEventIsToldApart) {
  Bytes bytes = encode(upload_intent());
  bytes[0] = 2;
  EXPECT_EQ(decode(bytes).error().code, ErrorCode::kUnknownVersion);
  bytes = encode(upload_intent());
  bytes[10] = 99;  // version, be64 time, be16 event
  EXPECT_EQ(decode(bytes).error().code, ErrorCode::kUnknownVersion);
}

TEST(Record, NeedsEveryOneOfItsSevenFields) {
  for (std::string Record::* field :
       {&Record::actor, &Record::right, &Record::source, &Record::target, &Record::status}) {
    Record record = upload_intent();
    (record.*field).clear();
    EXPECT_EQ(check(record).error().code, ErrorCode::kMalformed);
  }
  Record record = upload_intent();
  record.time_ms = 0;
  EXPECT_EQ(check(record).error().code, ErrorCode::kMalformed);
}

TEST(Record, HoldsNoControlCharactersAndNoBrokenText) {
  for (const std::string text : {"a\nb", "a\x7f", "a\x1b[31m", "\xc2\x85", "\xff", "\xc0\xaf",
                                 "\xed\xa0\x80", "\xe2\x82", "\xf4\x90\x80\x80", "\xe0\x80\x80"}) {
    EXPECT_FALSE(check(upload_intent(text))) << text;
    EXPECT_TRUE(check(upload_intent(as_field(text)))) << text;
  }
  EXPECT_FALSE(check(upload_intent(std::string("a\0b", 3))));
  for (const std::string text : {"\xc2\xa0", "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf", "\xe2\x82\xac"})
    EXPECT_TRUE(check(upload_intent(text))) << text;
}

TEST(Record, IsBounded) {
  EXPECT_TRUE(check(upload_intent(std::string(kMaxField, 'a'))));
  EXPECT_FALSE(check(upload_intent(std::string(kMaxField + 1, 'a'))));
  Record record = upload_intent();
  for (std::size_t i = 0; i < 20; ++i)
    record.details.emplace_back("note", std::string(kMaxField, 'a'));
  EXPECT_FALSE(check(record)) << "larger than 64 KiB";
  record.details.assign(kMaxDetails + 1, {"a", "b"});
  EXPECT_FALSE(check(record));
  record.details.assign(kMaxDetails, {"a", "b"});
  ASSERT_TRUE(check(record));
  EXPECT_EQ(decode(encode(record)).value(), record);
}

TEST(Field, NeverLetsTwoTextsLookAlike) {
  EXPECT_EQ(as_field("a\nb"), "a\\x0ab");
  EXPECT_EQ(as_field("a\\x0ab"), "a\\x5cx0ab");
  EXPECT_EQ(as_field("p\xc3\xa4iv\xc3\xa4"), "p\xc3\xa4iv\xc3\xa4");
  EXPECT_EQ(as_field(""), "-");
}

TEST(Field, IsCutAtAWholeCharacter) {
  std::string text;
  for (int i = 0; i < 3000; ++i) text += "\xc3\xa4";
  const std::string field = as_field(text);
  EXPECT_LE(field.size(), kMaxField);
  EXPECT_GT(field.size(), kMaxField - 8);
  EXPECT_TRUE(field.ends_with("\xc3\xa4..."));
  EXPECT_TRUE(check(upload_intent(field)));
}

TEST(Event, HasOneNameAndAClass) {
  int known = 0;
  for (std::uint16_t number = 0; number < 200; ++number) {
    const auto event = event_of(number);
    if (!event) continue;
    ++known;
    EXPECT_EQ(event_of(name(*event)).value(), *event);
    EXPECT_FALSE(name(class_of(*event)).empty());
  }
  EXPECT_EQ(known, 41);
  EXPECT_EQ(event_of("format-disk").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(name(Event::kUploadIntent), "upload-intent");
  EXPECT_EQ(name(class_of(Event::kAbandoned)), "ERROR");
}

TEST(RecordJson, IsOneLineInTheOrderOfTheFields) {
  const std::string expected =
      "{\"time\":\"2026-11-21T12:00:00.000Z\",\"class\":\"CHANGE\",\"event\":\"upload-done\","
      "\"actor\":\"ada@school.example\",\"right\":\"graph-token (proven)\","
      "\"source\":\"192.0.2.7\",\"target\":\"drive-1/report.docx\",\"status\":\"done: bound\","
      "\"intent\":3,\"details\":{\"key\":\"0123456789abcdef\"}}";
  EXPECT_EQ(to_json(upload_done(3)), expected);
  EXPECT_EQ(to_json(upload_done(3), 4), "{\"position\":4," + expected.substr(1));
}

}  // namespace
}  // namespace kerros::audit
