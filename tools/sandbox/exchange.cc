#include "tools/sandbox/exchange.h"

#include <cstdio>
#include <memory>

#include "tools/sandbox/ids.h"
#include "tools/sandbox/refusal.h"

namespace kerros::sandbox {
namespace {

constexpr std::size_t kLargestJson = 4 * 1024 * 1024;

Refusal too_big(std::uint64_t limit) {
  return {413, "maxFileSizeExceeded",
          "The request message is too big. The server does not allow messages larger than " +
              std::to_string(limit) + " bytes",
          "maxStreamSizeExceeded"};
}

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

// Deletes the file unless it was kept.
class Scratch {
 public:
  explicit Scratch(std::filesystem::path path) : path_(std::move(path)) {}
  ~Scratch() {
    std::error_code ignored;
    if (!kept_) std::filesystem::remove(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  void keep() { kept_ = true; }

 private:
  std::filesystem::path path_;
  bool kept_ = false;
};

}  // namespace

std::string read_text(Exchange& exchange, std::size_t limit) {
  std::string out;
  std::vector<char> buffer(64 * 1024);
  while (const std::size_t n = exchange.body.read(buffer.data(), buffer.size())) {
    out.append(buffer.data(), n);
    if (out.size() > limit) throw too_big(limit);
  }
  return out;
}

Json read_json(Exchange& exchange) {
  const std::string text = read_text(exchange, kLargestJson);
  if (text.empty()) return Json::object();
  Json parsed = Json::parse(text, nullptr, false);
  if (parsed.is_discarded() || !parsed.is_object()) {
    throw bad_request("Unable to read JSON request payload.");
  }
  return parsed;
}

Arrived spool_body(Exchange& exchange, std::uint64_t limit) {
  if (exchange.head.content_length && *exchange.head.content_length >= limit) throw too_big(limit);
  Arrived out;
  out.file = exchange.cloud.store.incoming("put-" + random_guid());
  Scratch scratch(out.file);
  const std::unique_ptr<std::FILE, FileCloser> file(std::fopen(out.file.c_str(), "wb"));
  if (!file) throw Refusal(507, "quotaLimitReached", "The body cannot be stored");
  std::setvbuf(file.get(), nullptr, _IONBF, 0);
  QuickXor hash;
  std::vector<char> buffer(kTransferBuffer);
  while (const std::size_t n = exchange.body.read(buffer.data(), buffer.size())) {
    hash.update({buffer.data(), n});
    if (hash.length() >= limit) throw too_big(limit);
    if (std::fwrite(buffer.data(), 1, n, file.get()) != n) {
      throw Refusal(507, "quotaLimitReached", "The body cannot be stored");
    }
  }
  out.size = hash.length();
  out.hash = hash.base64_digest();
  scratch.keep();
  return out;
}

std::string port_suffix(const Services& cloud, std::uint16_t port) {
  return cloud.options.public_ports ? ":" + std::to_string(port) : "";
}

}  // namespace kerros::sandbox
