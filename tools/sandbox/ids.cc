#include "tools/sandbox/ids.h"

#include <openssl/rand.h>

#include <stdexcept>

#include "tools/sandbox/digest.h"
#include "tools/sandbox/encoding.h"

namespace kerros::sandbox {
namespace {

std::string guid_of(std::string_view bytes) {
  const std::string text = hex(bytes.substr(0, 16));
  return text.substr(0, 8) + "-" + text.substr(8, 4) + "-" + text.substr(12, 4) + "-" +
         text.substr(16, 4) + "-" + text.substr(20, 12);
}

std::string item_id_of(std::string_view bytes) {
  constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string id = "01";
  for (std::size_t i = 0; i < 32; ++i) {
    id.push_back(kBase32[static_cast<unsigned char>(bytes[i]) % kBase32.size()]);
  }
  return id;
}

}  // namespace

std::string random_bytes(std::size_t n) {
  std::string out(n, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(n)) != 1) {
    throw std::runtime_error("no randomness");
  }
  return out;
}

std::string random_guid() { return guid_of(random_bytes(16)); }
std::string guid_from(std::string_view seed) { return guid_of(sha256(seed)); }
std::string random_item_id() { return item_id_of(random_bytes(32)); }
std::string item_id_from(std::string_view seed) { return item_id_of(sha256(seed)); }

std::string drive_id_from(std::string_view seed) {
  const std::string first = sha256(seed);
  return "b!" + base64url(first + sha256(first).substr(0, 16));
}

}  // namespace kerros::sandbox
