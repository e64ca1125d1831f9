#include "gateway/io/wire/original_destination.h"

#include <gtest/gtest.h>

namespace kerros::io {
namespace {

TEST(OwnAddress, IsEveryAddressOfLoopback) {
  for (const char* text : {"127.0.0.1", "127.3.4.5", "::1", "::ffff:127.0.0.1", "::ffff:127.3.4.5"})
    EXPECT_TRUE(is_own_address(net::ip::make_address(text))) << text;
}

TEST(OwnAddress, IsThePlaceThatIsNone) {
  EXPECT_TRUE(is_own_address(net::ip::make_address("0.0.0.0")));
  EXPECT_TRUE(is_own_address(net::ip::make_address("::")));
}

TEST(OwnAddress, IsNoneOfTheDocumentationNetworks) {
  for (const char* text : {"192.0.2.1", "::ffff:198.51.100.7", "2001:db8::1"})
    EXPECT_FALSE(is_own_address(net::ip::make_address(text))) << text;
}

}  // namespace
}  // namespace kerros::io
