#include "gateway/graph/session_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kerros::graph {
namespace {

constexpr const char* kRequest = R"({ "item": { "@odata.type": "t",
  "@microsoft.graph.conflictBehavior": "rename", "name": "a.txt", "fileSize" : 1234 ,
  "x": 1.50e2 }, "deferCommit": true })";

TEST(SessionRequest, IsRead) {
  const auto request = read_session_request(kRequest);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->file_size, 1234U);
  EXPECT_EQ(request->conflict_behavior, "rename");
  EXPECT_EQ(request->name, "a.txt");
  EXPECT_TRUE(request->defer_commit);
}

TEST(SessionRequest, HasDefaultsWhenEmpty) {
  for (const char* json : {"", " \r\n", "{}", R"({"item":{}})", R"({"item":null})"}) {
    const auto request = read_session_request(json);
    ASSERT_TRUE(request) << json;
    EXPECT_FALSE(request->file_size);
    EXPECT_FALSE(request->defer_commit);
    EXPECT_EQ(rewrite_session_request(json, 99).value(), json);
  }
}

TEST(SessionRequest, FindsTheOtherSpellings) {
  EXPECT_EQ(read_session_request(R"({"@name.conflictBehavior":"fail"})")->conflict_behavior,
            "fail");
  EXPECT_EQ(
      read_session_request(R"({"item":{"@name.conflictBehavior":"replace"}})")->conflict_behavior,
      "replace");
  EXPECT_EQ(read_session_request(R"({"name":"a","fileSize":3,"item":{}})")->name, "a");
  EXPECT_EQ(read_session_request(R"({"name":"a","fileSize":3,"item":{}})")->file_size, 3U);
}

TEST(SessionRequest, SeesASourceWhereverAndWhateverItIs) {
  EXPECT_FALSE(read_session_request(kRequest)->names_source);
  for (const char* json :
       {R"({"@content.sourceUrl":"https://x/"})", R"({"item":{"@microsoft.graph.sourceUrl":""}})",
        R"({"item":{"@microsoft.graph.sourceUrl":null,"@content.sourceUrl":"https://x/"}})",
        R"({"item":{"@microsoft.graph.sourceUrl":""},"@microsoft.graph.sourceUrl":"https://x/"})",
        R"({"item":{"a":[{"@content.source\u0055rl":1}]}})"})
    EXPECT_TRUE(read_session_request(json)->names_source) << json;
}

TEST(SessionRequest, SeesWhatTellsOfTheContent) {
  EXPECT_FALSE(read_session_request(kRequest)->describes_content);
  for (const char* json :
       {R"({"item":{"size":1}})", R"({"size":"1"})", R"({"item":{"file":{"hashes":{}}}})",
        R"({"file":null})", R"({"item":{"hashes":{}}})", R"({"item":{"content":"x"}})"})
    EXPECT_TRUE(read_session_request(json)->describes_content) << json;
}

TEST(SessionRequest, RefusesWhatIsAmbiguous) {
  for (const char* json :
       {"[]", "1", "{", R"({"item":{"fileSize":1,"fileSize":2}})", R"({"item":{},"item":{}})",
        R"({"item":{"fileSize":1,"file\u0053ize":2}})", R"({"item":{"fileSize":-1}})",
        R"({"item":{"fileSize":1.5}})", R"({"item":{"fileSize":"x"}})",
        R"({"item":{"fileSize":18446744073709551616}})", R"({"fileSize":"x"})",
        R"({"fileSize":1,"item":{"fileSize":2}})", R"({"name":"a","item":{"name":"b"}})"})
    EXPECT_FALSE(read_session_request(json)) << json;
}

TEST(SessionRequest, ChangesOnlyTheSize) {
  std::string wanted = kRequest;
  wanted.replace(wanted.find("1234"), 4, "98765");
  EXPECT_EQ(rewrite_session_request(kRequest, 98765).value(), wanted);
  EXPECT_EQ(rewrite_session_request(R"({"item":{"fileSize":"12"}})", 99).value(),
            R"({"item":{"fileSize":"99"}})");
  EXPECT_EQ(
      rewrite_session_request(R"({"fileSize":12,"item":{"fileSize":"12"},"a":12})", 99).value(),
      R"({"fileSize":99,"item":{"fileSize":"99"},"a":12})");
}

TEST(SessionAnswer, IsReadAndRewritten) {
  const std::string json =
      R"({"@odata.context":"c","expirationDateTime":"2026-01-29T09:21:55.523Z",)"
      R"("nextExpectedRanges":["0-", "7-8"],"uploadUrl":"https:\/\/t.test\/up?guid='1'&tempauth=x"})";
  const auto answer = read_session_answer(json);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->upload_url, "https://t.test/up?guid='1'&tempauth=x");
  EXPECT_EQ(answer->expiration, "2026-01-29T09:21:55.523Z");
  EXPECT_THAT(answer->next_expected_ranges, testing::ElementsAre("0-", "7-8"));
  EXPECT_EQ(rewrite_session_answer(json, "https://g.test/kerros/upload/T", "0-99").value(),
            R"({"@odata.context":"c","expirationDateTime":"2026-01-29T09:21:55.523Z",)"
            R"("nextExpectedRanges":["0-99"],"uploadUrl":"https://g.test/kerros/upload/T"})");
}

TEST(SessionAnswer, LeavesNoUpstreamUrlInARepeatedKey) {
  const auto out = rewrite_session_answer(
      R"({"uploadUrl":"https://t.test/1","upload\u0055rl":"https://t.test/2"})", "G", "0-");
  ASSERT_TRUE(out);
  EXPECT_THAT(*out, testing::Not(testing::HasSubstr("t.test")));
}

TEST(SessionAnswer, GainsItsRangesWhenUpstreamLeftThemOut) {
  EXPECT_EQ(rewrite_session_answer(R"({ "uploadUrl":"x"})", "y", "0-").value(),
            R"({"nextExpectedRanges":["0-"], "uploadUrl":"y"})");
  EXPECT_EQ(rewrite_session_answer("{ }", "y", "0-").value(), R"({"nextExpectedRanges":["0-"] })");
  EXPECT_FALSE(rewrite_session_answer("[]", "y", "0-"));
}

TEST(CommitRequest, FindsItsSourceInEitherSpelling) {
  for (const char* key : {"@microsoft.graph.sourceUrl", "@content.sourceUrl"}) {
    const auto request =
        read_commit_request(R"({"name":"a.bin",")" + std::string(key) + R"(":"https://x/"})");
    ASSERT_TRUE(request) << key;
    EXPECT_EQ(request->name, "a.bin");
    EXPECT_EQ(request->source_url, "https://x/");
  }
}

TEST(CommitRequest, RefusesNoSourceTwoSourcesAndContent) {
  for (const char* json :
       {"", "{}", R"({"name":"a"})", R"({"@content.sourceUrl":1})",
        R"({"@content.sourceUrl":"x","@content.sourceUrl":"x"})",
        R"({"@content.sourceUrl":"x","@microsoft.graph.sourceUrl":"y"})",
        R"({"@content.sourceUrl":"x","file":{}})", R"({"@content.sourceUrl":"x","folder":{}})",
        R"({"@content.sourceUrl":"x","item":{"name":"a"}})",
        R"({"@content.sourceUrl":"x","a":{"@microsoft.graph.sourceUrl":"y"}})",
        R"({"@content.sourceUrl":"x","size":1})", R"({"@content.sourceUrl":"x","fileSize":1})"})
    EXPECT_FALSE(read_commit_request(json)) << json;
}

TEST(CommitRequest, GivesUpstreamItsOwnUrlAndKeepsTheRest) {
  const auto body = rewrite_commit_request(
      R"({ "@content.sourceUrl" : "ours", "name":"a", "@microsoft.graph.sourceUrl":"ours"})",
      "https://up/?a='b'");
  EXPECT_EQ(*body, R"({ "@content.sourceUrl" : "https://up/?a='b'", "name":"a", )"
                   R"("@microsoft.graph.sourceUrl":"https://up/?a='b'"})");
}

TEST(ItemRequest, SeesFoldersAndContent) {
  const auto folder =
      read_item_request(R"({"name":"A","folder":{},"@microsoft.graph.conflictBehavior":"fail"})");
  ASSERT_TRUE(folder);
  EXPECT_TRUE(folder->is_folder);
  EXPECT_FALSE(folder->carries_content);
  EXPECT_EQ(folder->conflict_behavior, "fail");
  for (const char* json :
       {R"({"name":"a","file":{}})", R"({"@content.sourceUrl":"x"})",
        R"({"@microsoft.graph.sourceUrl":"x"})", R"({"@microsoft.graph.source\u0055rl":"x"})"})
    EXPECT_TRUE(read_item_request(json)->carries_content) << json;
  EXPECT_FALSE(read_item_request(R"({"folder":{},"folder":{}})"));
}

TEST(ItemRequest, SeesAMove) {
  const auto move =
      read_item_request(R"({"name":"b","parentReference":{"driveId":"d","id":"01B","path":"/p"}})");
  ASSERT_TRUE(move);
  EXPECT_EQ(move->name, "b");
  EXPECT_EQ(move->parent_drive_id, "d");
  EXPECT_EQ(move->parent_id, "01B");
  EXPECT_EQ(move->parent_path, "/p");
}

TEST(RequestBody, HasOneMeaningOrIsRefused) {
  for (const char* json : {"", " ", "{}", "[]", R"({"a":{"b":1},"c":{"b":2}})", "\"\xc3\xa4\""})
    EXPECT_TRUE(check_request(json)) << json;
  const std::string utf16("{\0}\0", 4);
  for (const std::string& json :
       {std::string("\xef\xbb\xbf{}"), utf16, "\xff\xfe" + utf16, std::string("\"\xff\""),
        std::string(R"({"a":1,"a":2})"), std::string(R"({"x":[{"size":1,"\u0073ize":2}]})"),
        std::string(10000, '[') + std::string(10000, ']'), std::string("a=b")})
    EXPECT_FALSE(check_request(json)) << json.substr(0, 40);
}

}  // namespace
}  // namespace kerros::graph
