#include "gateway/sharepoint/pass_fields.h"

#include <gtest/gtest.h>

namespace kerros::sharepoint {
namespace {

graph::Fields some() {
  graph::Fields fields;
  for (const auto& [name, value] : {std::pair{"Host", "h"},
                                    {"Connection", "close, X-Hop"},
                                    {"X-Hop", "1"},
                                    {"Depth", "1"},
                                    {"Transfer-Encoding", "chunked"},
                                    {"Content-Length", "3"},
                                    {"Upgrade", "h2c"},
                                    {"Alt-Svc", "h3=\":443\""},
                                    {"X-RequestDigest", "d"},
                                    {"Cookie", "c"}})
    fields.add(name, value);
  return fields;
}

TEST(PassedFields, AreThoseThatConcernTheRequest) {
  const graph::Fields passed = passed_to_upstream(some());
  for (const char* name : {"Depth", "X-RequestDigest", "Cookie"}) EXPECT_EQ(passed.count(name), 1U);
  for (const char* name :
       {"Host", "Connection", "X-Hop", "Transfer-Encoding", "Content-Length", "Upgrade"})
    EXPECT_EQ(passed.count(name), 0U) << name;
}

TEST(PassedFields, LeadNobodyAroundTheGateway) {
  EXPECT_EQ(passed_to_client(some()).count("Alt-Svc"), 0U);
  EXPECT_EQ(passed_to_client(some()).count("Depth"), 1U);
}

}  // namespace
}  // namespace kerros::sharepoint
