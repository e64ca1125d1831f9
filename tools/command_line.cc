#include "tools/command_line.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <map>

#include "gateway/complaint.h"

namespace kerros::tools {
namespace {

constexpr std::string_view kProgram = "kerros";

constexpr std::string_view kNouns =
    "item: What is sealed.\n"
    "key: Unit keys and their versions.\n"
    "policy: What happens to a request, and why.\n"
    "audit: Who did what with which right.\n"
    "store: The keystore as a whole.\n"
    "proxy: The doors for workstations that know nothing of Kerros.\n"
    "proxy ca: The authority that signs for the hosts whose connections are opened.\n"
    "proxy user: Who may use the proxy by name and password.\n";

std::string noun_summary(const std::string& noun) {
  const auto at = kNouns.find(noun + ": ");
  const auto begin = at + noun.size() + 2;
  return std::string(kNouns.substr(begin, kNouns.find('\n', begin) - begin));
}

// Help: one sentence, usage, options, examples.
class Help : public CLI::Formatter {
 public:
  std::string make_usage(const CLI::App* app, std::string path) const override {
    std::string usage = "\nUsage: " + path;
    for (const auto* option :
         app->get_options([](const CLI::Option* o) { return o->get_positional(); }))
      usage += " " + option->get_name(true);
    if (!app->get_subcommands({}).empty()) usage += " COMMAND";
    return usage + " [options]\n";
  }
  std::string make_option_opts(const CLI::Option* option) const override {
    const bool named = option->get_type_size() != 0 && !option->get_positional();
    return named ? " " + option->get_type_name() : "";
  }
};

int complain_usage(const std::string& what, const std::string& why, const std::string& command) {
  const Complaint complaint{what, why, "`" + command + " --help` shows what it takes"};
  std::fputs(to_text(kProgram, complaint).c_str(), stderr);
  return static_cast<int>(ExitCode::kUsage);
}

void add_option(CLI::App& app, const Option& option) {
  CLI::Option* added = std::visit(
      [&](auto* target) -> CLI::Option* {
        if constexpr (std::is_same_v<decltype(target), bool*>)
          return app.add_flag(option.names, *target, option.help);
        else
          return app.add_option(option.names, *target, option.help);
      },
      option.target);
  if (!option.value.empty()) added->type_name(option.value);
  if (option.required) added->required();
  // One value each time: a list option must not swallow the words after it.
  if (std::holds_alternative<std::vector<std::string>*>(option.target)) added->type_size(1, 1);
}

class Line {
 public:
  Line(const std::vector<Option>& common, const std::vector<Command>& commands)
      : app_("The administrator's side of the Kerros encryption gateway.") {
    app_.name(std::string(kProgram));
    app_.formatter(std::make_shared<Help>());
    app_.set_help_flag("-h,--help", "Show this help");
    app_.require_subcommand(1);
    for (const auto& option : common) add_option(app_, option);
    for (const auto& command : commands) add_command(command);
  }

  int run(int argc, char** argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
      // The parser puts the last word itself.
      const auto* parent = deepest().get_parent();
      std::fputs(deepest().help(parent == nullptr ? "" : path_of(*parent)).c_str(), stdout);
      return static_cast<int>(ExitCode::kDone);
    } catch (const CLI::ParseError& error) {
      const auto words = app_.remaining(true);
      if (!is_leaf(deepest()) && !words.empty() && !words.front().starts_with('-'))
        return complain_usage("unknown command: " + path_of(deepest()) + " " + words.front(),
                              "no command has this name", path_of(deepest()));
      return complain_usage("the command line cannot be understood", error.what(),
                            path_of(deepest()));
    }
    for (const auto& [leaf, command] : leaves_)
      if (leaf->parsed()) return finish(*command);
    return complain_usage("nothing to do", "a command is one to three words",
                          std::string(kProgram));
  }

 private:
  void add_command(const Command& command) {
    CLI::App* parent = &app_;
    std::size_t begin = 0;
    for (auto space = command.words.find(' '); space != std::string::npos;
         space = command.words.find(' ', begin)) {
      parent = &noun(*parent, command.words.substr(0, space),
                     command.words.substr(begin, space - begin));
      begin = space + 1;
    }
    auto* leaf = parent->add_subcommand(command.words.substr(begin), command.summary);
    leaf->fallthrough();
    std::string footer;
    if (!command.more.empty()) footer += command.more + "\n\n";
    footer += "Examples:\n";
    for (const auto& example : command.examples) footer += "  " + example + "\n";
    leaf->footer(footer);
    for (const auto& option : command.options) add_option(*leaf, option);
    leaves_[leaf] = &command;
  }

  CLI::App& noun(CLI::App& parent, const std::string& words, const std::string& last) {
    auto& known = nouns_[words];
    if (known == nullptr) {
      known = parent.add_subcommand(last, noun_summary(words));
      known->fallthrough();
      known->require_subcommand(1);
    }
    return *known;
  }

  const CLI::App& deepest() const {
    const CLI::App* app = &app_;
    while (!app->get_subcommands().empty()) app = app->get_subcommands().front();
    return *app;
  }

  bool is_leaf(const CLI::App& app) const { return leaves_.contains(&app); }

  static std::string path_of(const CLI::App& app) {
    const auto* parent = app.get_parent();
    return parent == nullptr ? app.get_name() : path_of(*parent) + " " + app.get_name();
  }

  static int finish(const Command& command) {
    const auto code = command.run();
    if (code) return static_cast<int>(*code);
    std::fflush(stdout);
    std::fputs(to_text(kProgram, complaint_of(code.error().error)).c_str(), stderr);
    return static_cast<int>(code.error().code);
  }

  CLI::App app_;
  std::map<std::string, CLI::App*> nouns_;
  std::map<const CLI::App*, const Command*> leaves_;
};

}  // namespace

int run(int argc, char** argv, const std::vector<Option>& common,
        const std::vector<Command>& commands) {
  Line line(common, commands);
  return line.run(argc, argv);
}

}  // namespace kerros::tools
