// The content key of one item in hexadecimal digits, for tests that play somebody who has it: no
// program of ours tells it. The gateway of the installation must not run.
//
//   content_key KERROS_TOML DRIVE ITEM
#include <cstdio>
#include <utility>

#include "crypto/random.h"
#include "gateway/installation.h"

namespace {

using namespace kerros;

Result<std::string> content_key(const char* config_file, const char* drive, const char* item) {
  const auto config = load_config(config_file);
  if (!config) return tl::unexpected(config.error());
  auto unseal = unseal_method(*config, -1);
  if (!unseal) return tl::unexpected(unseal.error());
  const auto installation = Installation::open(*config, std::move(*unseal));
  if (!installation) return tl::unexpected(installation.error());
  const keystore::KeyStore::ItemRef ref{drive, item};
  const auto newest = (*installation)->store->newest_bound(std::span(&ref, 1));
  if (!newest) return tl::unexpected(newest.error());
  if (!newest->front()) return fail(ErrorCode::kNotFound, "no such item");
  const auto key = (*installation)->store->unlock(newest->front()->sealed);
  if (!key) return tl::unexpected(key.error());
  return to_hex(std::as_const(*key).reveal());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  crypto::start();
  const auto key = content_key(argv[1], argv[2], argv[3]);
  if (!key) {
    std::fprintf(stderr, "%s\n", key.error().detail.c_str());
    return 1;
  }
  std::printf("%s\n", key->c_str());
  return 0;
}
