#include "tools/sandbox/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <vector>

#include "tools/sandbox/encoding.h"

namespace kerros::sandbox {
namespace {

class Digest {
 public:
  explicit Digest(const EVP_MD* kind) : context_(EVP_MD_CTX_new()) {
    EVP_DigestInit_ex(context_, kind, nullptr);
  }
  ~Digest() { EVP_MD_CTX_free(context_); }
  Digest(const Digest&) = delete;
  Digest& operator=(const Digest&) = delete;

  void update(std::string_view bytes) { EVP_DigestUpdate(context_, bytes.data(), bytes.size()); }
  std::string finish() {
    std::string out(EVP_MAX_MD_SIZE, '\0');
    unsigned size = 0;
    EVP_DigestFinal_ex(context_, reinterpret_cast<unsigned char*>(out.data()), &size);
    out.resize(size);
    return out;
  }

 private:
  EVP_MD_CTX* context_;
};

std::string upper_hex(std::string_view bytes) {
  std::string out = hex(bytes);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c; });
  return out;
}

}  // namespace

struct Sha256::Context {
  Digest digest{EVP_sha256()};
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {}
Sha256::~Sha256() = default;
void Sha256::update(std::string_view bytes) { context_->digest.update(bytes); }
std::string Sha256::finish() { return context_->digest.finish(); }

std::string sha256(std::string_view bytes) {
  Sha256 digest;
  digest.update(bytes);
  return digest.finish();
}

std::string hmac_sha256(std::string_view key, std::string_view message) {
  std::string out(32, '\0');
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(message.data()), message.size(),
       reinterpret_cast<unsigned char*>(out.data()), &size);
  return out;
}

FileDigests digest_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<char> buffer(256 * 1024);
  Digest one(EVP_sha1());
  Digest two(EVP_sha256());
  uLong crc = crc32(0, nullptr, 0);
  while (file.read(buffer.data(), std::ssize(buffer)) || file.gcount() > 0) {
    const auto size = static_cast<std::size_t>(file.gcount());
    one.update({buffer.data(), size});
    two.update({buffer.data(), size});
    crc = crc32(crc, reinterpret_cast<const Bytef*>(buffer.data()), static_cast<uInt>(size));
  }
  std::array<char, 4> little_endian{};
  for (std::size_t i = 0; i < 4; ++i) {
    little_endian[i] = static_cast<char>((crc >> (8 * i)) & 0xFF);
  }
  return {upper_hex(one.finish()), upper_hex(two.finish()), upper_hex({little_endian.data(), 4})};
}

}  // namespace kerros::sandbox
