// One item, however a client spells it; and what could be understood in two ways. The numbers are
// those of docs/graph-conformance.md.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/graph/classify.h"

namespace kerros::graph {
namespace {

#define ROOT "/v1.0/me/drive/root"
#define ITEMS "/v1.0/me/drive/items"

RequestHead head_of(std::string_view method, std::string_view target) {
  return {method_of(method), std::string(method), std::string(target), {}};
}

Route classified(std::string_view method, std::string_view target) {
  auto route = classify(head_of(method, target));
  EXPECT_TRUE(route) << target;
  return route.value_or(Route{});
}

bool is_refused(std::string_view target) {
  const auto route = classify(head_of("PUT", target));
  return route ? route->operation == Operation::kUnknown
               : route.error().code == ErrorCode::kMalformed;
}

TEST(Case101, KeepsHardNamesAsTheyWereSent) {
  const std::string long_name(255, 'n');
  std::string deep;
  while (deep.size() < 390) deep += "/taso";
  for (const std::string& raw :
       {std::string("/a%23b%25c&d+e"), std::string("/%2B%252F"), std::string("/it's;a,b=c@d$e!(f)"),
        std::string("/%F0%9F%98%80"), std::string("/%C3%B6"), std::string("/o%CC%88"),
        std::string("/%D7%A9%D7%9C%D7%95%D7%9D"), "/" + long_name, deep}) {
    const std::string target = ROOT ":" + raw + ":/content";
    const Route route = classified("PUT", target);
    EXPECT_EQ(route.operation, Operation::kWriteContent) << raw;
    EXPECT_EQ(route.target.raw_path, target);
    EXPECT_EQ(route.target.item.raw_item, ROOT ":" + raw + ":");
  }
  EXPECT_NE(classified("GET", ROOT ":/%C3%B6").target.item.path,
            classified("GET", ROOT ":/o%CC%88").target.item.path);
}

TEST(Case102, ReadsEncodedColonsLikePlainOnes) {
  for (const char* raw :
       {ROOT ":/a/b:/content", ROOT "%3A%2Fa%2Fb%3A/content", ITEMS "/root%3A%2Fa%2Fb%3A/content",
        ITEMS "/root:%2fa%2fb:/content", ROOT ":/a/b%3a/content", ROOT "%3a/a/b:/content"}) {
    const Route route = classified("PUT", raw);
    EXPECT_EQ(route.operation, Operation::kWriteContent) << raw;
    EXPECT_EQ(route.target.item.path, "/a/b") << raw;
    EXPECT_EQ(route.target.raw_path, raw);
  }
  for (const char* raw : {ROOT ":/a", ROOT ":/a:", ROOT ":/a:/", ROOT ":/a:?x", ROOT "%3A%2Fa"})
    EXPECT_EQ(classified("GET", raw).target.item.path, "/a") << raw;
}

TEST(Case103, RefusesWhatTwoReadersCouldReadDifferently) {
  for (const char* raw : {ROOT ":/../a:/content",
                          ROOT ":/a/%2e%2e/b:/content",
                          ROOT ":/%2e/a:/content",
                          ROOT "://a:/content",
                          ROOT ":/a//b:/content",
                          ROOT ":/a\\b:/content",
                          ROOT ":/a%5Cb:/content",
                          ROOT ":/a%00b:/content",
                          ROOT ":/%C0%AE%C0%AE/b:/content",
                          ROOT ":/%E0%80%AF:/content",
                          ROOT ":/%u0041:/content",
                          ROOT ":/100%:/content",
                          ROOT ":/a.:/content",
                          ROOT ":/a%20:/content",
                          ROOT ":/%20a:/content",
                          ROOT ":/a./b:/content",
                          ITEMS "/..:/a:/content",
                          ITEMS "('..')/content",
                          ITEMS "('a%2Fb')/content",
                          "/v1.0/drives('..')/items('01A')/content",
                          "/v1.0/drives('')/items('01A')/content",
                          "/v1.0//me/drive/root:/a:/content"})
    EXPECT_TRUE(is_refused(raw)) << raw;
  // A parameter of a segment is a part of the name there.
  EXPECT_EQ(classified("PUT", ROOT ":/a;b=c:/content").target.item.path, "/a;b=c");
}

TEST(Case103, RefusesArgumentsWhereNoneCanBe) {
  for (const char* raw : {"/v1.0/me/drive('x')/root:/a:/content",
                          "/v1.0/me/drive/root('x')/content", ITEMS "/01A('x')/content",
                          "/v1.0/drives/b!x('y')/root/content", ITEMS "(@a)/content?@a='x'",
                          ITEMS "('@a')/content?@a='x'", "/v1.0/drives(@a)/root/content?@a='x'"})
    EXPECT_TRUE(is_refused(raw)) << raw;
}

TEST(Case104, FindsNoDriveBehindWordsThatNobodyListed) {
  for (const char* raw :
       {"/v1.0/applications/a/drive/root:/a:/content", "/v1.0/me/unheardOf/drive/root/content",
        "/v1.0/Drives/b!x/root/content", "/v1.0/me/drive/root/children/01A/content",
        "/v1.0/me/insights/used/drive/root/content"})
    EXPECT_TRUE(is_refused(raw)) << raw;
}

TEST(Case105, TakesATunnelledVerbForTheVerb) {
  for (const char* field : {"X-HTTP-Method-Override", "X-HTTP-Method", "x-http-METHOD"}) {
    RequestHead head = head_of("POST", ROOT ":/a:/content");
    head.fields.add(field, "PUT");
    const auto route = classify(head);
    ASSERT_TRUE(route) << field;
    EXPECT_EQ(route->operation, Operation::kWriteContent);
    EXPECT_EQ(route->method, Method::kPut);
  }
}

TEST(Case105, RefusesAVerbThatIsNotOneClearStatement) {
  using Fields = std::vector<std::pair<const char*, const char*>>;
  for (const Fields& fields :
       {Fields{{"X-HTTP-Method", "PUT"}, {"X-HTTP-Method-Override", "PUT"}},
        Fields{{"X-HTTP-Method", "PUT"}, {"X-HTTP-Method", "PUT"}},
        Fields{{"X-HTTP-Method", "put"}}, Fields{{"X-HTTP-Method", "PUT,GET"}},
        Fields{{"X-HTTP-Method", "MERGE"}}, Fields{{"X-HTTP-Method-Override", ""}}}) {
    RequestHead head = head_of("POST", ROOT ":/a:/content");
    for (const auto& [field, value] : fields) head.fields.add(field, value);
    EXPECT_FALSE(classify(head));
  }
  RequestHead get = head_of("GET", ROOT ":/a:/content");
  get.fields.add("X-HTTP-Method-Override", "DELETE");
  EXPECT_FALSE(classify(get));
}

TEST(Case106, FindsANameInParenthesesAndInTheQuery) {
  const Route quoted = classified("PUT", ITEMS "/01F/children('a''b')/content");
  EXPECT_EQ(quoted.target.item.path, "/a'b");
  EXPECT_EQ(quoted.operation, Operation::kWriteContent);
  const Route alias = classified("PUT", ITEMS "/01F/children('@a1')/content?@a1='a%27%27b'");
  EXPECT_EQ(alias.target.item.path, "/a'b");
  EXPECT_EQ(alias.target.item.raw_alias, "@a1='a%27%27b'");
  EXPECT_TRUE(is_refused(ITEMS "/01F/children('@a1')/content"));
  EXPECT_TRUE(is_refused(ITEMS "/01F/children('@a1')/content?@a1='a'&%40a1='b'"));
}

TEST(Case107, KnowsAShareByAnyOfItsDoors) {
  for (const char* raw :
       {"/v1.0/shares/u!aHR0/driveItem/content", "/v1.0/shares/u!aHR0/root/content",
        "/v1.0/shares/u!aHR0/root:/x:/content", "/v1.0/shares/u!aHR0/items/01A/content",
        "/v1.0/shares('u!aHR0')/driveItem/content",
        "/v1.0/shares/u!aHR0/listItem/driveItem/content",
        "/v1.0/shares/u!aHR0/list/items/3/driveItem/content",
        "/v1.0/shares/u!aHR0/site/drive/root:/x:/content"}) {
    const Route route = classified("GET", raw);
    EXPECT_EQ(route.operation, Operation::kReadContent) << raw;
    EXPECT_FALSE(route.proves_caller) << raw;
  }
}

TEST(Case111, TakesABrokenCancelForNoTarget) {
  const auto route = classify(head_of(
      "DELETE", "/v1.0https://tenant.sharepoint.com/_api/v2.0/uploadSession?tempauth=salainen"));
  ASSERT_FALSE(route);
  EXPECT_THAT(route.error().detail, testing::Not(testing::HasSubstr("salainen")));
}

TEST(Case113, NamesEveryOtherStreamThatItRefuses) {
  for (const auto& [method, raw] : std::vector<std::pair<const char*, const char*>>{
           {"POST", "/v1.0/me/messages/1/attachments/createUploadSession"},
           {"GET", "/v1.0/me/onenote/pages/1/content"},
           {"GET", "/v1.0/chats/c/messages/1/hostedContents/2/$value"},
           {"POST", "/v1.0/print/printers/p/jobs/1/documents/2/createUploadSession"}}) {
    const Route route = classified(method, raw);
    EXPECT_EQ(route.operation, Operation::kUnknown) << raw;
    EXPECT_FALSE(route.pattern.empty()) << raw;
  }
}

#undef ROOT
#undef ITEMS

}  // namespace
}  // namespace kerros::graph
