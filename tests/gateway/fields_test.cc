#include <gtest/gtest.h>

#include "gateway/graph/request_fields.h"
#include "gateway/graph/response_fields.h"

namespace kerros::graph {
namespace {

Fields fields(std::initializer_list<std::pair<const char*, const char*>> lines) {
  Fields out;
  for (const auto& [name, value] : lines) out.add(name, value);
  return out;
}

TEST(RequestFields, LetNothingThroughThatTellsOfThePlaintext) {
  const Fields out = upstream_fields(fields({{"Content-MD5", "x"},
                                             {"Digest", "x"},
                                             {"Repr-Digest", "x"},
                                             {"Content-Digest", "x"},
                                             {"Want-Digest", "x"},
                                             {"Content-Length", "5"},
                                             {"Range", "bytes=0-1"},
                                             {"If-Range", "e"},
                                             {"Content-Range", "bytes 0-1/2"},
                                             {"Content-Type", "text/plain"},
                                             {"If-Match", "\"e\""},
                                             {"Authorization", "Bearer t"}}),
                                     true);
  ASSERT_EQ(out.lines().size(), 4U);
  EXPECT_EQ(out.find("Content-Type"), "application/octet-stream");
  EXPECT_EQ(out.find("If-Match"), "\"e\"");
  EXPECT_EQ(out.find("Authorization"), "Bearer t");
  EXPECT_EQ(out.find("Accept-Encoding"), "identity");
}

TEST(RequestFields, KeepRangesAndTypesOfOrdinaryBodies) {
  const Fields out =
      upstream_fields(fields({{"Range", "bytes=0-1"}, {"Content-Type", "text/plain"}}), false);
  EXPECT_EQ(out.find("Range"), "bytes=0-1");
  EXPECT_EQ(out.find("Content-Type"), "text/plain");
}

TEST(RequestFields, StopTunnelsCookiesAndHops) {
  const Fields out = upstream_fields(fields({{"X-HTTP-Method", "PUT"},
                                             {"X-HTTP-Method-Override", "PUT"},
                                             {"Cookie", "c"},
                                             {"Host", "h"},
                                             {"Transfer-Encoding", "chunked"},
                                             {"TE", "trailers"},
                                             {"Upgrade", "h2c"},
                                             {"Expect", "100-continue"},
                                             {"Accept-Encoding", "gzip"},
                                             {"X-Unheard-Of", "x"},
                                             {"Connection", "close, Prefer"},
                                             {"Prefer", "respond-async"}}),
                                     false);
  ASSERT_EQ(out.lines().size(), 1U);
  EXPECT_EQ(out.find("Accept-Encoding"), "identity");
}

TEST(ResponseFields, DropWhatSpeaksOfOtherBytes) {
  const Fields upstream = fields({{"ETag", "\"e\""},
                                  {"Content-MD5", "x"},
                                  {"Digest", "x"},
                                  {"Content-Encoding", "gzip"},
                                  {"Content-Range", "bytes 0-1/2"},
                                  {"Set-Cookie", "c"},
                                  {"Location", "https://tenant.test/"},
                                  {"request-id", "r"},
                                  {"Retry-After", "3"}});
  const Fields changed = client_fields(upstream, true);
  EXPECT_EQ(changed.lines().size(), 3U);
  EXPECT_EQ(changed.find("ETag"), "\"e\"");
  EXPECT_EQ(changed.find("request-id"), "r");
  EXPECT_EQ(changed.find("Retry-After"), "3");
  const Fields same = client_fields(upstream, false);
  EXPECT_EQ(same.find("Content-Range"), "bytes 0-1/2");
  EXPECT_EQ(same.find("Content-Encoding"), "gzip");
  EXPECT_EQ(same.count("Content-MD5"), 0U);
  EXPECT_EQ(same.count("Location"), 0U);
}

TEST(ResponseFields, KeepTheChallengeAsOneUnchangedLine) {
  const char* challenge = R"(Bearer realm="", error="insufficient_claims", claims="eyJ4Ijoi,Q==")";
  const Fields one = client_fields(fields({{"Www-Authenticate", challenge}}), true);
  EXPECT_EQ(one.find("WWW-Authenticate"), challenge);
  const Fields two = client_fields(
      fields({{"WWW-Authenticate", "Bearer a"}, {"WWW-Authenticate", "Basic b"}}), true);
  EXPECT_EQ(two.count("WWW-Authenticate"), 1U);
  EXPECT_EQ(two.find("WWW-Authenticate"), "Bearer a, Basic b");
}

}  // namespace
}  // namespace kerros::graph
