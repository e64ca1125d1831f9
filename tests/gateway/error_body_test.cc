#include "gateway/graph/error_body.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

namespace kerros::graph {
namespace {

using Json = nlohmann::json;

std::vector<Refusal> all() {
  std::vector<Refusal> out;
  for (int i = 0; i <= static_cast<int>(Refusal::kInternal); ++i)
    out.push_back(static_cast<Refusal>(i));
  return out;
}

TEST(ErrorBody, IsGraphsEnvelope) {
  const ErrorAnswer answer = error_answer(Refusal::kFragmentOverlap, "id-1");
  EXPECT_EQ(answer.status, 416U);
  const Json error = Json::parse(answer.body).at("error");
  EXPECT_EQ(error.at("code"), "invalidRange");
  EXPECT_EQ(error.at("innerError").at("code"), "fragmentOverlap");
  EXPECT_EQ(error.at("innerError").at("request-id"), "id-1");
  EXPECT_THAT(answer.body, testing::StartsWith(R"({"error":{"code":)"));
}

TEST(ErrorBody, TellsFailedAuthenticationsApartFromEachOtherNowhere) {
  const ErrorAnswer first = error_answer(Refusal::kNotAuthentic, "id");
  EXPECT_EQ(first.status, 409U);
  for (const Refusal other : {Refusal::kDowngraded, Refusal::kForeignCopy, Refusal::kRollback}) {
    const ErrorAnswer answer = error_answer(other, "id", "which one it was");
    EXPECT_EQ(answer.body, first.body);
    EXPECT_EQ(answer.status, first.status);
    EXPECT_EQ(answer.retry_after_s, first.retry_after_s);
    EXPECT_EQ(answer.close, first.close);
  }
}

TEST(ErrorBody, NamesEveryRefusalDifferentlyInLogs) {
  std::set<std::string_view> names;
  for (const Refusal refusal : all()) EXPECT_TRUE(names.insert(name(refusal)).second);
}

TEST(ErrorBody, EndsEverySentenceAndSetsRetryAfterOnlyWith503) {
  for (const Refusal refusal : all()) {
    const ErrorAnswer answer = error_answer(refusal, "id");
    const std::string message = Json::parse(answer.body).at("error").at("message");
    EXPECT_TRUE(message.ends_with('.')) << message;
    EXPECT_GE(answer.status, 400U);
    EXPECT_EQ(answer.status == 503, answer.retry_after_s > 0) << name(refusal);
  }
}

TEST(ErrorBody, EscapesAndBoundsWhatTheCallerAdds) {
  const std::string extra = "say \"hi\"\r\n\xff" + std::string(1000, 'x');
  const ErrorAnswer answer = error_answer(Refusal::kMalformedRequest, "a\"b", extra);
  const Json error = Json::parse(answer.body).at("error");
  EXPECT_EQ(error.at("innerError").at("request-id"), "a\"b");
  EXPECT_THAT(error.at("message").get<std::string>(), testing::HasSubstr("say \"hi\"\r\n"));
  EXPECT_LT(answer.body.size(), 700U);
  EXPECT_EQ(answer.body.find('\n'), std::string::npos);
}

}  // namespace
}  // namespace kerros::graph
