// Writes a log of `uploads` uploads to a directory, with several checkpoints and an export with
// proofs, for somebody else's verifier: kerros_audit_write_log DIR UPLOADS [FILE-NAME]
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "crypto/random.h"
#include "tests/audit/audit_fixture.h"

int main(int argc, char** argv) {
  if (argc != 3 && argc != 4) {
    std::fprintf(stderr, "usage: kerros_audit_write_log DIR UPLOADS [FILE-NAME]\n");
    return 2;
  }
  kerros::crypto::start();
  kerros::audit::testing::World world;
  const int uploads = std::atoi(argv[2]);
  auto log = kerros::audit::testing::open_log(argv[1], world);
  if (argc == 4 && !log->append_and_wait(kerros::audit::testing::upload_intent(argv[3]))) return 1;
  for (int done = argc == 4 ? 1 : 0; done < uploads;) {
    const int part = std::min(uploads - done, 50);
    kerros::audit::testing::append_uploads(*log, part);
    if (!log->checkpoint()) return 1;
    done += part;
  }
  std::ofstream out(std::string(argv[1]) + "/export.jsonl");
  const auto page = log->query({}, 1, 10'000);
  if (!page) return 1;
  for (const auto& placed : page->records)
    out << R"({"position":)" << placed.position << R"(,"proof":{"salt":")"
        << kerros::to_hex(placed.salt) << R"(","payload":")" << kerros::to_base64(placed.payload)
        << "\"}}\n";
  return out.good() ? 0 : 1;
}
