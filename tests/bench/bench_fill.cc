// Fills the store of an installation that is not running: bench_fill STORE KEY_FILE RECORDS
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "crypto/random.h"
#include "tests/bench/records.h"

int main(int argc, char** argv) {
  using namespace kerros::keystore;
  kerros::crypto::start();
  if (argc != 4) {
    std::fprintf(stderr, "usage: bench_fill STORE KEY_FILE RECORDS\n");
    return 2;
  }
  StoreParams params;
  params.directory = argv[1];
  params.sessions_directory = params.directory + ".filling-" + std::to_string(::getpid());
  {
    auto store = KeyStore::open(params, KeyFile{argv[2]});
    must(store.has_value(), "open");
    fill(**store, std::strtoull(argv[3], nullptr, 10));
  }
  std::filesystem::remove_all(params.sessions_directory);
}
