// kerros open: offline opening of a sealed file, whole or not at all.
#include <memory>
#include <optional>

#include "crypto/file_keys.h"
#include "tools/commands.h"
#include "tools/dek.h"
#include "tools/input_file.h"
#include "tools/output.h"
#include "tools/whole_output.h"

namespace kerros::tools {
namespace {

struct Options {
  std::string file;
  std::string out;
  int dek_fd = -1;
  bool force = false;
};

Error explain(const Error& error, const std::string& file) {
  if (error.detail.find('\n') != std::string::npos) return error;
  if (error.code == ErrorCode::kNotAuthentic)
    return complain(error.code, "cannot open " + file + ": it is not authentic",
                    "the stored bytes were changed after sealing, or belong to another key",
                    "`kerros inspect " + file + "` shows which key it claims")
        .value();
  return complain(error.code, "cannot open " + file + ": " + error.detail,
                  "the file was cut, or something was appended to it",
                  "fetch it again; `kerros inspect " + file + "` shows its sizes")
      .value();
}

Status open_into(const Options& options, InputFile& input, const crypto::Prefix& prefix,
                 ByteView dek, WholeOutput& output) {
  const auto backend = crypto::choose_backend("auto");
  if (!backend) return tl::unexpected(backend.error());
  auto opener = crypto::Opener::make(*backend->backend, prefix, dek);
  if (!opener) return tl::unexpected(explain(opener.error(), options.file));
  const auto size = crypto::open_body(
      *opener, [&](MutableByteView out) { return input.read_some(out); },
      [&](ByteView plain) { return output.write(plain); });
  if (!size) return tl::unexpected(explain(size.error(), options.file));
  return output.publish();
}

Outcome open_file(const Globals& globals, const Options& options) {
  auto input = InputFile::open(options.file);
  if (!input) return tl::unexpected(input.error());
  const auto prefix = read_prefix_of(*input, options.file);
  if (!prefix) return tl::unexpected(prefix.error());
  auto output = WholeOutput::create(options.out, options.force ? Replace::kYes : Replace::kNo);
  if (!output) return tl::unexpected(output.error());
  const auto opened = [&](ByteView dek) {
    return open_into(options, *input, *prefix, dek, *output);
  };
  if (options.dek_fd >= 0) {
    const auto dek = read_dek(options.dek_fd);
    if (!dek) return tl::unexpected(dek.error());
    if (auto ok = opened(dek->reveal()); !ok) return tl::unexpected(ok.error());
    return ExitCode::kDone;
  }
  const auto config = load_config(globals);
  if (!config) return tl::unexpected(config.error());
  const StoredDek stored{*config, globals, *prefix, options.file};
  if (auto ok = stored.use(opened); !ok) return tl::unexpected(ok.error());
  return ExitCode::kDone;
}

}  // namespace

std::vector<Command> open_commands(const Globals& globals) {
  const auto o = std::make_shared<Options>();
  return {{"open",
           "Open a sealed file without the gateway, whole or not at all.",
           {"kerros open report.docx -o plain.docx",
            "kerros open report.docx -o plain.docx --dek-fd 3 3< dek.hex"},
           {{"FILE", "A sealed file as the cloud stores it", &o->file, "", true},
            {"-o,--out", "Where the plaintext goes (0600)", &o->out, "FILE", true},
            {"--dek-fd",
             "Read the file's own key from this descriptor: 64 hexadecimal digits; no "
             "store is needed then",
             &o->dek_fd, "N"},
            {"--force", "Overwrite OUT", &o->force, ""}},
           [&globals, o] { return open_file(globals, *o); },
           "The key is found in the store under the key id in the file's header; the opening is "
           "recorded in the audit log. While a gateway runs it holds the store: download through "
           "it instead."}};
}

}  // namespace kerros::tools
