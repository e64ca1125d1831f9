// What an administrator can get wrong, a line each: exact text, exit code, and the store untouched.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "crypto/merkle.h"
#include "tests/tools/made_installation.h"
#include "tests/tools/program.h"

namespace kerros {
namespace {

namespace fs = std::filesystem;
using testing_tools::content_of;

// Every byte of the store and the log but the lock files, which only say who has them open.
std::string state_of(const std::string& directory) {
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(directory))
    if (entry.is_regular_file()) names.push_back(entry.path().string());
  std::sort(names.begin(), names.end());
  std::string all;
  for (const auto& name : names)
    if (!name.ends_with("lock.mdb") && !name.ends_with("/lock")) all += name + content_of(name);
  return to_hex(crypto::leaf_hash(as_bytes(all)));
}

struct Bad {
  const char* name;
  const char* before;   // what went wrong earlier, as shell commands
  const char* command;  // run with KERROS_CONFIG set
  int code;
  const char* error;     // stderr, whole; ROOT stands for the directory
  const char* out = "";  // stdout likewise
};

void PrintTo(const Bad& bad, std::ostream* out) { *out << bad.name; }

class BadInput : public testing_tools::MadeInstallation, public testing::WithParamInterface<Bad> {
 protected:
  std::string expected(std::string text) const {
    for (auto at = text.find("ROOT"); at != std::string::npos; at = text.find("ROOT", at))
      text.replace(at, 4, root());
    return text;
  }
  std::string root() const { return fs::path(directory_.at("x")).parent_path().string(); }
};

TEST_P(BadInput, EndsWithItsTextAndCodeAndChangesNothing) {
  const auto& bad = GetParam();
  ASSERT_EQ(testing_tools::run_in(root(), bad.before).code, 0);
  const auto before = state_of(config_->store.directory);
  const auto ran = testing_tools::run_in(
      root(), "export KERROS_CONFIG=" + directory_.at("k/kerros.toml") + "; " + bad.command);
  EXPECT_EQ(ran.err, expected(bad.error));
  EXPECT_EQ(ran.code, bad.code);
  EXPECT_EQ(ran.out, expected(bad.out));
  EXPECT_EQ(state_of(config_->store.directory), before);
}

const Bad kBad[] = {
    {"UnknownKey", "sed -i '1i lisen = \"x\"' k/kerros.toml", "kerros status", 2,
     "kerros: error: ROOT/k/kerros.toml:1: unknown key `lisen`\n"
     "kerros: why: a misspelt key would leave its default in force without anybody noticing\n"
     "kerros: hint: docker/kerros.toml shows every key with its default\n"},
    {"MisspeltKey", "sed -i 's/^key_file/keyfile/' k/kerros.toml", "kerros key list", 2,
     "kerros: error: ROOT/k/kerros.toml:24: unknown key `unseal.keyfile`\n"
     "kerros: why: a misspelt key would leave its default in force without anybody noticing\n"
     "kerros: hint: did you mean `unseal.key_file`?\n"},
    {"NotToml", "sed -i 's/^unit = .*/unit = = 1/' k/kerros.toml", "kerros item list", 2,
     "kerros: error: ROOT/k/kerros.toml:4: this is not TOML: Error while parsing value: could not "
     "determine value type\n"
     "kerros: why: the file is read whole or not at all\n"
     "kerros: hint: docker/kerros.toml shows every key with its default\n"},
    {"NoConfiguration", "true", "kerros status --config nowhere.toml", 6,
     "kerros: error: cannot read the configuration nowhere.toml\n"
     "kerros: why: the file is not there, or this user may not read it\n"
     "kerros: hint: name it with --config FILE, or make an installation with `kerros init DIR`\n"},
    {"KeyFileInsideTheStore", "sed -i 's|secrets/root.key|store/root.key|' k/kerros.toml",
     "kerros status", 2,
     "kerros: error: ROOT/k/kerros.toml: `unseal.key_file` lies inside `store.directory`\n"
     "kerros: why: a backup of the store would carry the key that opens it\n"
     "kerros: hint: move the key file out of the store and name its new place\n"},
    {"MissingKeyFile", "rm -f k/secrets/root.key", "kerros item list", 6,
     "kerros: error: there is no key file ROOT/k/secrets/root.key\n"
     "kerros: why: the store or what opens it is not where ROOT/k/kerros.toml says\n"
     "kerros: hint: check store.directory and unseal.key_file, or make an installation with "
     "`kerros init DIR`\n"},
    {"SomebodyElsesKeyFile",
     "kerros init other 2>/dev/null >&2; cp -f other/secrets/root.key k/secrets/root.key; "
     "rm -rf \"$(sed -n 's/^sessions = .\\(.*\\)./\\1/p' other/kerros.toml)\"",
     "kerros item list", 4,
     "kerros: error: this key file or passphrase does not open the store\n"
     "kerros: why: the key does not belong to this store, or bytes of it were changed\n"
     "kerros: hint: check the key file or passphrase; if they are right, restore the store from a "
     "backup\n"},
    {"KeyFileForEverybody", "chmod 0644 k/secrets/root.key", "kerros item list", 5,
     "kerros: error: key file ROOT/k/secrets/root.key may be read by others: chmod 0400 it, and "
     "consider its key known if that was ever so\n"
     "kerros: why: the store in ROOT/k/store cannot be used as it is\n"
     "kerros: hint: check the owner and permissions of its files\n"},
    {"InitOverAnInstallation", "true", "kerros init k", 7,
     "kerros: error: ROOT/k is not an empty directory\n"
     "kerros: why: an installation is made whole, and what is there could be one already\n"
     "kerros: hint: name a directory that does not exist\n"},
    {"InitWithABadUpstream", "true", "kerros init n --upstream graph.microsoft.com=localhost:1", 2,
     "kerros: error: --upstream \"graph.microsoft.com=localhost:1\" cannot be understood\n"
     "kerros: why: it is a host name, \"=\", and a numeric address with its port\n"
     "kerros: hint: for example: --upstream '*.sharepoint.com=127.0.0.1:8445'\n"},
    {"InitWithABadGlob", "true", "kerros init n --protect 'Salassa/**'", 2,
     "kerros: error: --protect \"Salassa/**\" matches nothing\n"
     "kerros: why: paths are matched from the drive's root and begin with \"/\"\n"
     "kerros: hint: for example: --protect '/Salassa/**'\n"},
    {"InitWithoutTheCa", "true", "kerros init n --upstream-ca nowhere.pem", 6,
     "kerros: error: cannot read nowhere.pem\n"
     "kerros: why: No such file or directory\n"
     "kerros: hint: check the name and who may read it\n"},
    {"SectionWithoutAName", "sed -i '1i [%' k/kerros.toml", "kerros status", 2,
     "kerros: error: ROOT/k/kerros.toml: this is not TOML: the name of a section or key cannot be "
     "read\n"
     "kerros: why: a name begins with a letter, a digit, \"-\", \"_\" or a quotation mark\n"
     "kerros: hint: docker/kerros.toml shows every key with its default\n"},
    {"InitOnAFullDisk", "mkdir small",
     "own_mounts.sh sh -c '"
     "mount -t tmpfs -o size=64k tmpfs small; kerros init small/k 2>init.err; code=$?; "
     "sed -E \"s/new-[A-Za-z0-9]+/new-N/; s/draft-[0-9]+/draft-N/\" init.err >&2; "
     "ls -A small >&2; exit $code'",
     5,
     "kerros: error: opening databases in ROOT/small/k.new-N/store.draft-N/items: No space left on "
     "device\n"
     "kerros: why: an installation is made whole or not at all\n"
     "kerros: hint: check room and permissions of the directory that it shall lie in\n"},
    {"PassphraseFromNowhere", "true", "kerros init n --unseal passphrase", 5,
     "kerros: error: a passphrase is needed\n"
     "kerros: why: there is no terminal to ask it on\n"
     "kerros: hint: give it on a descriptor: --passphrase-fd 3 3< FILE\n"},
    {"UnknownCommand", "true", "kerros itme list", 2,
     "kerros: error: unknown command: kerros itme\n"
     "kerros: why: no command has this name\n"
     "kerros: hint: `kerros --help` shows what it takes\n"},
    {"UnknownOption", "true", "kerros item list --colour", 2,
     "kerros: error: the command line cannot be understood\n"
     "kerros: why: The following argument was not expected: --colour\n"
     "kerros: hint: `kerros item list --help` shows what it takes\n"},
    {"UnknownState", "true", "kerros item list --state gone", 1,
     "kerros: error: no item is ever in the state \"gone\"\n"
     "kerros: why: the states are pending, bound, unverified, superseded, suspect, void, "
     "shredded\n"},
    {"NotASealedFile", "echo hello > hello.txt", "kerros inspect hello.txt", 1,
     "kerros: error: hello.txt is not a sealed file\n"
     "kerros: why: fewer bytes than a prefix has\n"
     "kerros: hint: was it cut, or never sealed?\n"},
    {"OpenNotASealedFile", "head -c 4096 /dev/zero > zero", "kerros open zero -o out", 1,
     "kerros: error: zero is not a sealed file\n"
     "kerros: why: no version of Kerros writes such a beginning\n"
     "kerros: hint: was it cut, or never sealed?\n"},
    {"InitWithABadProxyAddress", "true", "kerros init n --proxy-listen proxy:3128", 2,
     "kerros: error: --proxy-listen \"proxy:3128\" cannot be understood\n"
     "kerros: why: it is a numeric address and a port\n"
     "kerros: hint: for example: --proxy-listen 192.0.2.10:3128\n"},
    {"InitWithAProxyWithoutAName", "true", "kerros init n --proxy-listen '[::]:3128'", 2,
     "kerros: error: --proxy-listen \"[::]:3128\" says no address to workstations\n"
     "kerros: why: the PAC file names the proxy by --name and the port\n"
     "kerros: hint: for example: --proxy-listen 0.0.0.0:3128 --name files.example.org\n"},
    {"MisspeltProxyKey", "sed -i '1i [proxy]\\nlisten_on = \"\"' k/kerros.toml", "kerros doctor", 1,
     "",
     "FAIL  configuration  ROOT/k/kerros.toml:2: unknown key `proxy.listen_on`: a misspelt key "
     "would leave its default in force without anybody noticing\n"
     "                     -> did you mean `proxy.listen`?\n"},
    {"ProxyCaTwice", "kerros proxy ca init --config k/kerros.toml 2>/dev/null",
     "kerros proxy ca init", 7,
     "kerros: error: ROOT/k/secrets/proxy-ca.key exists already\n"
     "kerros: why: workstations may trust the authority that is there, and it would be lost\n"
     "kerros: hint: `kerros proxy ca show` describes it; move both files away to have another\n"},
    {"ProxyCaThatIsNotThere", "true", "kerros proxy ca show", 6,
     "kerros: error: there is no authority to show\n"
     "kerros: why: ROOT/k/tls/proxy-ca.pem: No such file or directory\n"
     "kerros: hint: `kerros proxy ca init` makes one, `kerros proxy ca import` takes one of the "
     "organisation's\n"},
    {"ProxyCaOfAServer", "true", "kerros proxy ca import k/tls/server.pem k/tls/server.key", 1,
     "kerros: error: this authority cannot be imported\n"
     "kerros: why: k/tls/server.pem: not an authority's certificate (CA:TRUE)\n"
     "kerros: hint: it takes an authority's certificate, then those that lead to its root, and its "
     "unencrypted key, all as PEM\n"},
    {"ProxyCaWithAnotherKey", "true", "kerros proxy ca import k/tls/ca.pem k/tls/server.key", 7,
     "kerros: error: this authority cannot be imported\n"
     "kerros: why: k/tls/ca.pem: the key belongs to another certificate\n"
     "kerros: hint: it takes an authority's certificate, then those that lead to its root, and its "
     "unencrypted key, all as PEM\n"},
    {"ProxyCaWithAnEncryptedKey",
     "openssl pkey -in k/secrets/ca.key -aes256 -passout pass:x -out locked.key",
     "kerros proxy ca import k/tls/ca.pem locked.key", 1,
     "kerros: error: this authority cannot be imported\n"
     "kerros: why: locked.key: no unencrypted private key in PEM form\n"
     "kerros: hint: it takes an authority's certificate, then those that lead to its root, and its "
     "unencrypted key, all as PEM\n"},
    {"ProxyCaThatHasExpired",
     "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=Old "
     "-keyout old.key -out old.csr 2>/dev/null; echo basicConstraints=critical,CA:TRUE > "
     "extension; "
     "openssl x509 -req -in old.csr -signkey old.key -days -1 -extfile extension -out old.pem "
     "2>/dev/null",
     "kerros proxy ca import old.pem old.key", 1,
     "kerros: error: this authority cannot be imported\n"
     "kerros: why: old.pem: it has expired\n"
     "kerros: hint: it takes an authority's certificate, then those that lead to its root, and its "
     "unencrypted key, all as PEM\n"},
    {"ProxyCaThatSoonExpires",
     "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=Soon -days 6 "
     "-keyout soon.key -out soon.pem 2>/dev/null",
     "kerros proxy ca import soon.pem soon.key", 1,
     "kerros: error: the authority expires too soon\n"
     "kerros: why: what it signs lives for a week, and must not outlive it\n"
     "kerros: hint: have it renewed, then import the new one\n"},
    {"ProxyCaForOtherNames",
     "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=Other "
     "-addext nameConstraints=critical,permitted\\;DNS:graph.microsoft.com "
     "-keyout other.key -out other.pem 2>/dev/null",
     "kerros proxy ca import other.pem other.key", 1,
     "kerros: error: the authority cannot sign for the interception list\n"
     "kerros: why: what it signs for a.sharepoint.com is refused: permitted subtree violation\n"
     "kerros: hint: name the hosts it may sign for in proxy.intercept, or import another one\n"},
    {"ProxyUserWithoutAFile", "true", "kerros proxy user add aino", 5,
     "kerros: error: `proxy.users_file` in ROOT/k/kerros.toml is empty\n"
     "kerros: why: no user is asked for a name then, and whoever is in proxy.client_networks may "
     "come\n"
     "kerros: hint: write users_file = \"secrets/proxy-users\" below [proxy], then reload the "
     "gateway\n"},
    {"ProxyUserThatCannotBeOne", "printf '[proxy]\\nusers_file = \"users\"\\n' >> k/kerros.toml",
     "kerros proxy user add a:b", 2,
     "kerros: error: \"a:b\" cannot be a name\n"
     "kerros: why: a user's name has 1 to 64 characters, no blank, no colon, no control character\n"
     "kerros: hint: for example: kerros proxy user add aino\n"},
    {"ProxyUserTwice",
     "printf '[proxy]\\nusers_file = \"users\"\\n' >> k/kerros.toml; "
     "kerros proxy user add aino --config k/kerros.toml 2>/dev/null >&2",
     "kerros proxy user add aino", 7,
     "kerros: error: user aino is known already\n"
     "kerros: why: a password cannot be shown again, and a new one would end the old one's use\n"
     "kerros: hint: `kerros proxy user remove aino` first\n"},
    {"ProxyUserUnknown", "printf '[proxy]\\nusers_file = \"users\"\\n' >> k/kerros.toml",
     "kerros proxy user remove aino", 6,
     "kerros: error: no user of the proxy is named aino\n"
     "kerros: why: names are compared to the letter\n"
     "kerros: hint: `kerros proxy user list`\n"},
    {"ProxyUsersDamaged",
     "printf '[proxy]\\nusers_file = \"users\"\\n' >> k/kerros.toml; echo aino:secret > k/users",
     "kerros proxy user list", 1,
     "kerros: error: the users of the proxy cannot be read\n"
     "kerros: why: ROOT/k/users: the digest of user aino is not 64 digits\n"
     "kerros: hint: restore the file, or remove it and add its users again\n"},
    {"NoSuchFile", "true", "kerros open nowhere -o out", 6,
     "kerros: error: cannot read nowhere\n"
     "kerros: why: No such file or directory\n"
     "kerros: hint: check the name and who may read it\n"},
};

INSTANTIATE_TEST_SUITE_P(Table, BadInput, testing::ValuesIn(kBad),
                         [](const auto& row) { return row.param.name; });

class SecondProcess : public testing_tools::MadeInstallation {};

TEST_F(SecondProcess, IsRefusedTheStore) {
  const auto first = open();
  ASSERT_TRUE(first);
  const auto before = state_of(config_->store.directory);
  const auto ran =
      testing_tools::run_in(directory_.at("k"), "kerros item list --config kerros.toml");
  EXPECT_EQ(ran.code, 7);
  const auto root = directory_.at("k");
  EXPECT_EQ(
      ran.err,
      "kerros: error: another process has this store open (" + root +
          "/store/lock)\n"
          "kerros: why: a gateway or another kerros command holds " +
          root +
          "/store\n"
          "kerros: hint: stop it, or wait for it; with a gateway running, commands ask it by " +
          root + "/run/admin.sock\n");
  EXPECT_EQ(state_of(config_->store.directory), before);
}

TEST(WrongPassphrase, OpensNothing) {
  const testing_tools::TemporaryDirectory directory;
  const auto run = [&](const std::string& command) {
    return testing_tools::run_in(directory.at("."), command);
  };
  ASSERT_EQ(run("printf right > right; printf wrong > wrong; "
                "kerros init k --unseal passphrase --passphrase-fd 3 3< right")
                .code,
            0);
  const auto before = state_of(directory.at("k/store"));
  const auto refused = run("kerros key list --config k/kerros.toml --passphrase-fd 3 3< wrong");
  EXPECT_EQ(refused.code, 4);
  EXPECT_EQ(
      refused.err,
      "kerros: error: this key file or passphrase does not open the store\n"
      "kerros: why: the key does not belong to this store, or bytes of it were changed\n"
      "kerros: hint: check the key file or passphrase; if they are right, restore the store from a "
      "backup\n");
  EXPECT_EQ(state_of(directory.at("k/store")), before);
  const auto opened =
      run("kerros --passphrase-fd 3 --config k/kerros.toml key list --json 3< right");
  EXPECT_EQ(opened.code, 0) << opened.err;
  const auto config = load_config(directory.at("k/kerros.toml"));
  ASSERT_TRUE(config);
  std::filesystem::remove_all(config->store.sessions);
}

}  // namespace
}  // namespace kerros
