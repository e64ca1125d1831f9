#include "gateway/io/doors/proxy_answer.h"

#include <gtest/gtest.h>

namespace kerros::io {
namespace {

constexpr std::string_view kConnect = "CONNECT graph.microsoft.com:443 HTTP/1.1\r\n";

std::string head(std::string_view fields) {
  return std::string(kConnect) + std::string(fields) + "\r\n";
}

TEST(ProxyRequest, IsReadWithItsFields) {
  const auto read = parse_proxy_request(
      head("Host: graph.microsoft.com:443\r\nProxy-Authorization: Basic eA==\r\n"));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->method_token, "CONNECT");
  EXPECT_EQ(read->target, "graph.microsoft.com:443");
  EXPECT_EQ(read->fields.find("proxy-authorization"), "Basic eA==");
}

TEST(ProxyRequest, MayBeOfTheOlderVersionAndNeedsNoHost) {
  EXPECT_TRUE(parse_proxy_request("GET /wpad.dat HTTP/1.0\r\n\r\n"));
  EXPECT_TRUE(parse_proxy_request(head("")));
  EXPECT_TRUE(parse_proxy_request(head("Content-Length: 0\r\n")));
}

TEST(ProxyRequest, IsRefusedWhenTwoReadersCouldReadItDifferently) {
  for (const std::string_view fields :
       {"Host: a\r\n b\r\n", "Host: a\r\n\tb\r\n", "Host: a\r\nHost: a\r\n", "Host : a\r\n",
        "Content-Length: 5\r\n", "Content-Length: 0\r\nContent-Length: 0\r\n",
        "Content-Length: +0\r\n", "Transfer-Encoding: chunked\r\n",
        "Transfer-Encoding: identity\r\n", "no colon\r\n", ": no name\r\n"})
    EXPECT_FALSE(parse_proxy_request(head(fields))) << fields;
}

TEST(ProxyRequest, IsRefusedWhenItIsNoHttp) {
  for (const std::string_view text :
       {"CONNECT a:443\r\n\r\n", "CONNECT  a:443 HTTP/1.1\r\n\r\n", "PRI * HTTP/2.0\r\n\r\n",
        "CONNECT a:443 HTTP/1.1\r\n", "\r\n\r\n", ""})
    EXPECT_FALSE(parse_proxy_request(text)) << text;
}

TEST(ProxyAnswer, EndsItsConnectionAndSaysASentence) {
  const std::string text = proxy_answer(403, "No.");
  EXPECT_TRUE(text.starts_with("HTTP/1.1 403 Forbidden\r\n"));
  EXPECT_NE(text.find("\r\nConnection: close\r\n"), std::string::npos);
  EXPECT_NE(text.find("\r\nContent-Length: 4\r\n"), std::string::npos);
  EXPECT_TRUE(text.ends_with("\r\n\r\nNo.\n"));
}

}  // namespace
}  // namespace kerros::io
