// SHA-256 (streaming), HMAC and the other digests that driveItem can name, over OpenSSL.
//
// Thread safety: one owner for each Sha256; the functions are pure.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace kerros::sandbox {

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void update(std::string_view bytes);
  std::string finish();  // 32 raw bytes; once

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

std::string sha256(std::string_view bytes);
std::string hmac_sha256(std::string_view key, std::string_view message);

// Of a whole file, upper-case hex, as the "sha1Hash", "sha256Hash" and "crc32Hash" of driveItem.
struct FileDigests {
  std::string sha1;
  std::string sha256;
  std::string crc32;
};
FileDigests digest_file(const std::string& path);

}  // namespace kerros::sandbox
