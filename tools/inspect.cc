// kerros inspect: what a sealed file says about itself to whoever has no key.
#include <algorithm>
#include <memory>

#include "crypto/offsets.h"
#include "tools/commands.h"
#include "tools/input_file.h"
#include "tools/output.h"

namespace kerros::tools {
namespace {

struct Options {
  std::string file;
  bool json = false;
};

Json recovery_of(const crypto::Prefix& prefix) {
  if (!prefix.header.has_recovery) return Json();
  const ByteView w(prefix.recovery);
  return to_hex(w.subspan(crypto::format::kEpochAt, sizeof(crypto::Id)));
}

Outcome inspect(const Options& options) {
  auto file = InputFile::open(options.file);
  if (!file) return tl::unexpected(file.error());
  const auto prefix = read_prefix_of(*file, options.file);
  if (!prefix) return tl::unexpected(prefix.error());
  const auto plain = crypto::plain_size(file->size());
  const auto& header = prefix->header;
  const Json json = {{"file", options.file},
                     {"format", crypto::format::kVersion},
                     {"suite", crypto::name(header.suite)},
                     {"tenant_id", to_hex(header.tenant)},
                     {"unit_id", to_hex(header.unit)},
                     {"key_id", to_hex(header.key)},
                     {"recovery_epoch", recovery_of(*prefix)},
                     {"sealed_size", file->size()},
                     {"plain_size", plain ? Json(*plain) : Json()}};
  print_object(json, options.json);
  if (!plain) warn("no plaintext has this sealed size: the file was cut or something follows it");
  return ExitCode::kDone;
}

}  // namespace

std::vector<Command> inspect_commands(const Globals&) {
  const auto o = std::make_shared<Options>();
  return {{"inspect",
           "Show the header of a sealed file; needs no key.",
           {"kerros inspect report.docx", "kerros inspect report.docx --json"},
           {{"FILE", "A sealed file as the cloud stores it", &o->file, "", true},
            {"--json", "Print a JSON object", &o->json, ""}},
           [o] { return inspect(*o); },
           "What is shown is what the file claims; only opening it proves it."}};
}

}  // namespace kerros::tools
