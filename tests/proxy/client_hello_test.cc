#include "gateway/proxy/client_hello.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <rapidcheck/gtest.h>

#include <memory>

namespace kerros::proxy {
namespace {

using Found = ClientHello::Found;

struct Free {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};

// What OpenSSL sends first.
Bytes hello_of(const char* server_name, int version = TLS1_3_VERSION) {
  const std::unique_ptr<SSL_CTX, Free> context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_max_proto_version(context.get(), version);
  static constexpr unsigned char kProtocols[] = "\x02h2\x08http/1.1";
  SSL_CTX_set_alpn_protos(context.get(), kProtocols, sizeof kProtocols - 1);
  const std::unique_ptr<SSL, Free> ssl(SSL_new(context.get()));
  BIO* out = BIO_new(BIO_s_mem());
  SSL_set_bio(ssl.get(), BIO_new(BIO_s_mem()), out);
  if (server_name) SSL_set_tlsext_host_name(ssl.get(), server_name);
  SSL_connect(ssl.get());
  char* data = nullptr;
  const long size = BIO_get_mem_data(out, &data);
  return {data, data + size};
}

// The message of `hello` in records of `size` octets.
Bytes in_records_of(const Bytes& hello, std::size_t size) {
  const ByteView message = ByteView(hello).subspan(5);
  Bytes cut;
  for (std::size_t at = 0; at < message.size(); at += size) {
    const ByteView part = message.subspan(at, std::min(size, message.size() - at));
    cut.insert(cut.end(), {22, 3, 1, static_cast<std::uint8_t>(part.size() >> 8),
                           static_cast<std::uint8_t>(part.size() & 0xff)});
    cut.insert(cut.end(), part.begin(), part.end());
  }
  return cut;
}

TEST(ClientHello, TellsTheServerItWantsAndItsProtocols) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const auto hello = read_client_hello(hello_of("Contoso.SharePoint.com", version));
    EXPECT_EQ(hello.found, Found::kHello);
    EXPECT_EQ(hello.server_name, "contoso.sharepoint.com");
    EXPECT_EQ(hello.alpn, (std::vector<std::string>{"h2", "http/1.1"}));
  }
}

TEST(ClientHello, MayNameNoServer) {
  const auto hello = read_client_hello(hello_of(nullptr));
  EXPECT_EQ(hello.found, Found::kHello);
  EXPECT_EQ(hello.server_name, "");
}

TEST(ClientHello, MayEndANameWithTheDotOfTheRoot) {
  EXPECT_EQ(read_client_hello(hello_of("graph.microsoft.com.")).server_name, "graph.microsoft.com");
}

TEST(ClientHello, ThatNamesAnAddressNamesNobody) {
  const auto hello = read_client_hello(hello_of("127.0.0.1"));
  EXPECT_EQ(hello.found, Found::kHello);
  EXPECT_EQ(hello.server_name, "");
}

// Whoever is behind could take it for the name that it looks like.
TEST(ClientHello, ThatNamesWhatNoNameCanBeIsRefused) {
  for (const char* name :
       {"graph.microsoft.com..", ".", "graph microsoft.com", "a..b", "graph.microsoft.com/"})
    EXPECT_EQ(read_client_hello(hello_of(name)).found, Found::kNotTls) << name;
}

TEST(ClientHello, IsReadOverRecordsOfAnySize) {
  const Bytes whole = hello_of("contoso.sharepoint.com");
  for (const std::size_t size : {1u, 2u, 3u, 4u, 5u, 50u, 100u}) {
    const auto hello = read_client_hello(in_records_of(whole, size));
    EXPECT_EQ(hello.found, Found::kHello) << size;
    EXPECT_EQ(hello.server_name, "contoso.sharepoint.com") << size;
  }
}

TEST(ClientHello, AsksForMoreUntilItIsWhole) {
  for (const Bytes& whole :
       {hello_of("contoso.sharepoint.com"), in_records_of(hello_of("contoso.sharepoint.com"), 7)})
    for (std::size_t size = 0; size < whole.size(); ++size)
      EXPECT_EQ(read_client_hello(ByteView(whole).first(size)).found, Found::kMore) << size;
}

TEST(ClientHello, IsNotFoundInOtherProtocols) {
  for (const std::string_view text :
       {std::string_view("GET / HTTP/1.1\r\n"), std::string_view("PRI * HTTP/2.0\r\n\r\n"),
        std::string_view("SSH-2.0-x\r\n"), std::string_view("\x16\x02\x00\x00\x05", 5),
        std::string_view("\x16\x03\x01\x00\x00", 5),
        std::string_view("\x16\x03\x01\x00\x01\x02", 6),
        std::string_view("\x16\x03\x01\x00\x04\x01\xff\xff\xff", 9)})
    EXPECT_EQ(read_client_hello(as_bytes(text)).found, Found::kNotTls) << text;
}

TEST(ClientHello, ThatNamesTwoServersIsRefused) {
  Bytes whole = hello_of("aaaa.example");
  const auto name = std::search(whole.begin(), whole.end(), std::begin("aaaa.example"),
                                std::end("aaaa.example") - 1);
  ASSERT_NE(name, whole.end());
  // One name of 12 octets becomes two: of 4 and of 5, with 3 octets of type and length between.
  name[-1] = 4;
  name[4] = 0;
  name[5] = 0;
  name[6] = 5;
  EXPECT_EQ(read_client_hello(whole).found, Found::kNotTls);
}

RC_GTEST_PROP(ClientHello, SurvivesAnyChangedByte, ()) {
  Bytes whole = hello_of("contoso.sharepoint.com");
  const auto at = *rc::gen::inRange<std::size_t>(0, whole.size());
  whole[at] = *rc::gen::arbitrary<std::uint8_t>();
  const auto hello = read_client_hello(whole);
  RC_ASSERT(hello.found == Found::kHello || hello.server_name.empty());
}

}  // namespace
}  // namespace kerros::proxy
