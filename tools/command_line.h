// Commands as data: words, help, options. The parser behind it is seen by command_line.cc alone.
//
// Every command takes the common options before or after its words. Errors of usage have the same
// form as all others and exit code 2.
// Thread safety: one thread. Lifetime: option targets outlive run().
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "crypto/result.h"
#include "tools/exit_codes.h"

namespace kerros::tools {

struct Option {
  std::string names;  // "-o,--out"; without dashes a positional: "ITEM"
  std::string help;
  std::variant<bool*, std::string*, std::vector<std::string>*, int*, std::uint64_t*> target;
  std::string value;  // how help names the value: "FILE"; empty with bool
  bool required = false;
};

struct Command {
  std::string words;    // "item list", "proxy ca show"
  std::string summary;  // one sentence
  std::vector<std::string> examples;
  std::vector<Option> options;
  std::function<Outcome()> run;
  std::string more;  // further paragraphs of help, may be empty
};

// Parses, runs what was asked for, prints its error; the process's exit code.
int run(int argc, char** argv, const std::vector<Option>& common,
        const std::vector<Command>& commands);

}  // namespace kerros::tools
