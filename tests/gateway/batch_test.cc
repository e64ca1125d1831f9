#include "gateway/graph/batch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace kerros::graph {
namespace {

using Json = nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

Fields carrier() {
  Fields fields;
  fields.add("Authorization", "Bearer one");
  fields.add("User-Agent", "office/1");
  fields.add("Cookie", "no");
  return fields;
}

Result<Batch> read(std::string_view json, std::string_view version = "v1.0") {
  static const std::array<std::string_view, 2> kHosts{"office.test:8443", "graph.microsoft.com"};
  static const Fields kFields = carrier();
  return read_batch(json, {version, kHosts, kFields, 4096});
}

Result<Batch> read_one(const std::string& members) {
  return read(R"({"requests":[{"id":"1",)" + members + "}]}");
}

BatchPart one(const std::string& members) {
  auto batch = read_one(members);
  EXPECT_TRUE(batch) << members << ": " << (batch ? "" : batch.error().detail);
  return batch ? std::move(batch->parts.front()) : BatchPart();
}

std::string target_of(const std::string& url) {
  return one(R"("method":"GET","url":")" + url + "\"").head.target;
}

std::string refusal(const std::string& json) {
  const auto batch = read(json);
  return batch ? "accepted" : batch.error().detail;
}

std::string refusal_of_one(const std::string& members) {
  return refusal(R"({"requests":[{"id":"1",)" + members + "}]}");
}

std::string many(int count) {
  Json requests = Json::array();
  for (int i = 0; i < count; ++i)
    requests.push_back({{"id", std::to_string(i)}, {"method", "GET"}, {"url", "/me"}});
  return Json{{"requests", requests}}.dump();
}

TEST(Batch, TakesUrlsRelativeToItsVersionAndAbsoluteOnesOfItsHosts) {
  EXPECT_EQ(target_of("/me/drive?$select=id"), "/v1.0/me/drive?$select=id");
  EXPECT_EQ(target_of("me/drive/root:/a%20b:/content"), "/v1.0/me/drive/root:/a%20b:/content");
  EXPECT_EQ(target_of("https://graph.microsoft.com/beta/me"), "/beta/me");
  EXPECT_EQ(target_of("HTTPS://Office.test:8443/v1.0/me"), "/v1.0/me");
  EXPECT_EQ(read(many(1), "beta")->parts[0].head.target, "/beta/me");
}

TEST(Batch, RefusesUrlsThatLeadElsewhere) {
  const auto refused = [](const std::string& url) {
    return refusal_of_one(R"("method":"GET","url":")" + url + "\"");
  };
  for (const char* url :
       {"https://evil.test/v1.0/me", "https://graph.microsoft.com.evil.test/v1.0/",
        "https://graph.microsoft.com@evil.test/v1.0/me", "https://graph.microsoft.com:444/v1.0/me"})
    EXPECT_THAT(refused(url), HasSubstr("another host")) << url;
  for (const char* url : {"http://graph.microsoft.com/v1.0/me", "ftp:x", "data:,x"})
    EXPECT_THAT(refused(url), HasSubstr("https")) << url;
  for (const char* url : {"https://graph.microsoft.com/kerros/download/abc",
                          "https://graph.microsoft.com", "https://graph.microsoft.com/v2.0/me"})
    EXPECT_THAT(refused(url), HasSubstr("version")) << url;
  for (const char* url : {"", "/a b", R"(/a\r\nX: y)", R"(/a\u0000)", "/\xc3\xa4", "/me#x"})
    EXPECT_THAT(refused(url), HasSubstr("percent-encoded")) << url;
}

TEST(Batch, KeepsTheOctetsOfAJsonBody) {
  const BatchPart part = one(R"("method":"POST","url":"/me/drive/root/children",
    "headers":{"Content-Type":"application/json; charset=utf-8"},"body": { "a" : 1.50, "b":"\u00e4" } )");
  EXPECT_EQ(as_text(part.body), R"({ "a" : 1.50, "b":"\u00e4" })");
  EXPECT_EQ(one(R"("method":"POST","url":"/x","body":{})").head.fields.find("Content-Type"),
            "application/json");
}

TEST(Batch, DecodesABase64Body) {
  const std::string put = R"("method":"PUT","url":"/x","headers":{"Content-Type":"text/plain"},)";
  EXPECT_EQ(as_text(one(put + R"("body":"aGVsbG8=")").body), "hello");
  EXPECT_EQ(one(put + R"("body":"\/\/8=")").body, Bytes({0xff, 0xff}));
  EXPECT_TRUE(one(put + R"("body":"")").body.empty());
  EXPECT_TRUE(one(put + R"("body":null,"dependsOn":null)").body.empty());
}

TEST(Batch, RefusesBodiesThatCouldBeReadInTwoWays) {
  const std::string put = R"("method":"PUT","url":"/x","headers":{"Content-Type":"text/plain"},)";
  const std::string json = R"("method":"PUT","url":"/x",)";
  for (const char* body : {"aGVsbG8", "aGVsbG9=", "aGVs bG8=", "-_8=", "hello"})
    EXPECT_THAT(refusal_of_one(put + R"("body":")" + body + "\""), HasSubstr("base64")) << body;
  EXPECT_THAT(refusal_of_one(put + R"("body":{})"), HasSubstr("Content-Type"));
  EXPECT_THAT(refusal_of_one(json + R"("body":"aGVsbG8=")"), HasSubstr("Content-Type"));
  EXPECT_THAT(refusal_of_one(json + R"("body":1)"), HasSubstr("neither"));
  EXPECT_THAT(refusal_of_one(json + R"("body":true)"), HasSubstr("neither"));
}

TEST(Batch, GivesEachRequestTheCarriersTokenAndNoOther) {
  const BatchPart part = one(R"("method":"GET","url":"/me",
    "headers":{"Prefer":"a","Host":"evil.test","content-length":"9","Transfer-Encoding":"chunked"})");
  EXPECT_EQ(part.head.fields.find("Authorization"), "Bearer one");
  EXPECT_EQ(part.head.fields.find("User-Agent"), "office/1");
  EXPECT_EQ(part.head.fields.find("Prefer"), "a");
  for (const char* name : {"Host", "Content-Length", "Transfer-Encoding", "Cookie"})
    EXPECT_EQ(part.head.fields.count(name), 0U) << name;
  one(R"("method":"GET","url":"/me","headers":{"authorization":"Bearer one"})");
  EXPECT_THAT(
      refusal_of_one(R"("method":"GET","url":"/me","headers":{"authorization":"Bearer two"})"),
      HasSubstr("token"));
}

TEST(Batch, RefusesHeadersThatAHeadCannotHold) {
  const auto refused = [](const std::string& headers) {
    return refusal_of_one(R"("method":"GET","url":"/me","headers":)" + headers);
  };
  for (const char* headers :
       {R"({"A":"x\r\nB: y"})", R"({"A":"x\u0000"})", R"({"A b":"x"})", R"({"":"x"})",
        R"({"A\n":"x"})", R"({"A":1})", R"({"A":["x"]})", R"({"A:":"x"})"})
    EXPECT_THAT(refused(headers), HasSubstr("header in the batch is not")) << headers;
  EXPECT_THAT(refused(R"({"Range":"a","range":"b"})"), HasSubstr("twice"));
  EXPECT_THAT(refused(R"([])"), HasSubstr("object"));
  EXPECT_THAT(refused(R"({"A":")" + std::string(5000, 'x') + "\"}"), HasSubstr("too long"));
}

TEST(Batch, StopsReadingHeadersWhereAHeadWouldEnd) {
  std::string many;
  for (int i = 0; i < 200'000; ++i) many += "\"h" + std::to_string(i) + "\":\"\",";
  many.pop_back();
  const auto batch = read_one(R"("method":"GET","url":"/me","headers":{)" + many + "}");
  ASSERT_FALSE(batch);
  EXPECT_THAT(batch.error().detail, HasSubstr("too long"));
}

TEST(Batch, HoldsOneToTwentyRequests) {
  EXPECT_EQ(read(many(20))->parts.size(), 20U);
  for (const std::string& json : {many(21), many(0), std::string("{}"), std::string("[]"),
                                  std::string(R"({"requests":{}})"), std::string("1")})
    EXPECT_THAT(refusal(json), HasSubstr("1 to 20")) << json;
  EXPECT_THAT(refusal("{"), HasSubstr("not a JSON"));
  EXPECT_THAT(refusal(std::string(200, '[') + std::string(200, ']')), HasSubstr("not a JSON"));
  EXPECT_THAT(refusal(R"({"requests":[1]})"), HasSubstr("not an object"));
}

TEST(Batch, RefusesDoubledKeysAnywhere) {
  for (const char* members : {R"("method":"GET","method":"PUT","url":"/me")",
                              R"("method":"GET","url":"/me","u\u0072l":"/x")",
                              R"("method":"POST","url":"/me","body":{"a":{"b":1,"b":2}})",
                              R"("method":"GET","url":"/me","headers":{"A":"1","A":"1"})"})
    EXPECT_THAT(refusal_of_one(members), HasSubstr("key is given twice")) << members;
  EXPECT_THAT(refusal(R"({"requests":[{"id":"1","method":"GET","url":"/me"}],"requests":[]})"),
              HasSubstr("1 to 20"));
  EXPECT_THAT(refusal(R"({"requests":[],"requests":[{"id":"1","method":"GET","url":"/me"}]})"),
              HasSubstr("key is given twice"));
}

TEST(Batch, RefusesIdsAndMethodsThatSayNothing) {
  for (const char* request :
       {R"({"method":"GET","url":"/me"})", R"({"id":1,"method":"GET","url":"/me"})",
        R"({"id":"","method":"GET","url":"/me"})"})
    EXPECT_THAT(refusal(std::string(R"({"requests":[)") + request + "]}"), HasSubstr("an id"));
  for (const char* method : {"get", "HEAD", "OPTIONS", "CONNECT", "GET ", ""})
    EXPECT_THAT(refusal_of_one(std::string(R"("url":"/me","method":")") + method + "\""),
                HasSubstr("method"));
  EXPECT_THAT(refusal(R"({"requests":[{"id":"a","method":"GET","url":"/me"},
                                      {"id":"\u0061","method":"GET","url":"/me"}]})"),
              HasSubstr("the same id"));
}

TEST(Batch, RefusesABatchWithinABatch) {
  for (const char* url :
       {"/$batch", "$batch", "/%24batch", "/$batch?x=1", "https://graph.microsoft.com/beta/$batch"})
    EXPECT_THAT(refusal_of_one(std::string(R"("method":"POST","body":{},"url":")") + url + "\""),
                HasSubstr("another batch"))
        << url;
}

std::string chained(const std::vector<std::pair<std::string, std::vector<std::string>>>& chain) {
  Json requests = Json::array();
  for (const auto& [id, waits] : chain)
    requests.push_back({{"id", id}, {"method", "GET"}, {"url", "/me"}, {"dependsOn", waits}});
  return Json{{"requests", requests}}.dump();
}

TEST(Batch, PutsWhatOthersDependOnFirst) {
  const auto batch =
      read(chained({{"a", {"c"}}, {"b", {}}, {"c", {"d"}}, {"d", {}}, {"e", {"a", "b"}}}));
  ASSERT_TRUE(batch) << batch.error().detail;
  std::vector<std::string> ids;
  for (const BatchPart& part : batch->parts) {
    ids.push_back(part.id);
    for (const std::size_t before : part.depends_on) EXPECT_LT(before, ids.size() - 1);
  }
  EXPECT_THAT(ids, ElementsAre("\"b\"", "\"d\"", "\"c\"", "\"a\"", "\"e\""));
  EXPECT_THAT(batch->parts[4].depends_on, ElementsAre(3, 0));
}

TEST(Batch, RefusesDependenciesThatCannotBeMet) {
  EXPECT_THAT(refusal(chained({{"a", {"a"}}})), HasSubstr("circle"));
  EXPECT_THAT(refusal(chained({{"a", {"b"}}, {"b", {"c"}}, {"c", {"a"}}, {"d", {}}})),
              HasSubstr("circle"));
  EXPECT_THAT(refusal(chained({{"a", {"x"}}})), HasSubstr("not in the batch"));
  for (const char* waits : {"\"1\"", "[1]", "{}", "[null]"})
    EXPECT_THAT(refusal_of_one(std::string(R"("method":"GET","url":"/me","dependsOn":)") + waits),
                HasSubstr("array"))
        << waits;
}

TEST(Batch, QuotesNothingOfTheClientsTextInItsErrors) {
  for (const std::string& members :
       {std::string(R"("method":"CANARY","url":"/me")"),
        std::string(R"("method":"GET","url":"https://CANARY/v1.0/")"),
        std::string(R"("method":"GET","url":"/me","dependsOn":["CANARY"])"),
        std::string(
            R"("method":"PUT","url":"/me","headers":{"Content-Type":"a/b"},"body":"CANARY")")})
    EXPECT_THAT(refusal_of_one(members), testing::Not(HasSubstr("CANARY")));
}

ResponseHead head_of(unsigned status, std::vector<std::pair<std::string, std::string>> lines) {
  ResponseHead head{status, {}};
  for (auto& [name, value] : lines) head.fields.add(name, value);
  return head;
}

TEST(BatchAnswer, KeepsJsonAsItIsAndTurnsTheRestIntoBase64) {
  const auto json = head_of(200, {{"Content-Type", "application/json"}, {"Content-Length", "9"}});
  const auto text = head_of(200, {{"Content-Type", "text/plain"}});
  const auto broken = head_of(502, {{"Content-Type", "application/json"}});
  const auto moved = head_of(302, {{"Location", "https://office.test/x"}, {"Connection", "close"}});
  const std::string number = R"({"size":12345678901234567890.50})";
  const std::string first = "\xef\xbb\xbf " + number + "\n";
  const std::vector<BatchAnswer> told{{"\"1\"", json, first},
                                      {"\"\\u0061\"", text, "hello"},
                                      {"\"3\"", broken, "<html>"},
                                      {"\"4\"", moved, ""}};
  EXPECT_EQ(write_batch_answer(told),
            R"({"responses":[{"id":"1","status":200,"headers":{"Content-Type":"application/json"},)"
            R"("body":)" +
                number +
                R"(},{"id":"\u0061","status":200,"headers":{"Content-Type":"text/plain"},)"
                R"("body":"aGVsbG8="},{"id":"3","status":502,)"
                R"("headers":{"Content-Type":"application/json"},"body":"PGh0bWw+"},)"
                R"({"id":"4","status":302,"headers":{"Location":"https://office.test/x"}}]})");
}

TEST(BatchAnswer, JoinsRepeatedFieldsAndEscapes) {
  const auto head = head_of(429, {{"Retry-After", "7"}, {"Vary", "a"}, {"vary", "b\"\\"}});
  const std::vector<BatchAnswer> told{{"\"1\"", head, ""}};
  const Json answer = Json::parse(write_batch_answer(told)).at("responses").at(0);
  EXPECT_EQ(answer.at("headers").at("Retry-After"), "7");
  EXPECT_EQ(answer.at("headers").at("Vary"), "a, b\"\\");
  EXPECT_FALSE(answer.contains("body"));
}

}  // namespace
}  // namespace kerros::graph
