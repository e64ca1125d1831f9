#include "crypto/ipsecmb.h"

#include <dlfcn.h>
#include <intel-ipsec-mb.h>

#include <algorithm>
#include <new>
#include <string>

#include "crypto/secret.h"

namespace kerros::crypto {

struct GcmFunctions {
  aes_gcm_pre_t expand;
  aes_gcm_enc_dec_t seal;
  aes_gcm_enc_dec_t open;
  aes_gcm_init_t begin;
  aes_gcm_enc_dec_update_t seal_some;
  aes_gcm_enc_dec_update_t open_some;
  aes_gcm_enc_dec_finalize_t end_seal;
  aes_gcm_enc_dec_finalize_t end_open;
};

namespace {

constexpr std::uint64_t kNarrow =
    IMB_FEATURE_AESNI | IMB_FEATURE_PCLMULQDQ | IMB_FEATURE_SSE4_2 | IMB_FEATURE_CMOV;

tl::unexpected<Error> missing(const std::string& what) {
  return fail(ErrorCode::kUnavailable, "libipsec-mb does not serve: " + what);
}

// Only what is called; types from the library's header.
struct Library {
  decltype(&imb_get_version) version;
  decltype(&imb_get_feature_flags) features;
  decltype(&alloc_mb_mgr) make;
  decltype(&free_mb_mgr) free;
  decltype(&init_mb_mgr_auto) init_best;
  decltype(&init_mb_mgr_avx2) init_avx2;
  decltype(&init_mb_mgr_sse) init_sse;
};

template <typename Function>
bool find(void* handle, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(handle, name));
  return function != nullptr;
}

Result<Library> open_library(const char* file) {
  // Never closed: functions of it are called until the process ends.
  void* handle = ::dlopen(file, RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) return missing(::dlerror());
  Library found{};
  const bool whole = find(handle, "imb_get_version", found.version) &&
                     find(handle, "imb_get_feature_flags", found.features) &&
                     find(handle, "alloc_mb_mgr", found.make) &&
                     find(handle, "free_mb_mgr", found.free) &&
                     find(handle, "init_mb_mgr_auto", found.init_best) &&
                     find(handle, "init_mb_mgr_avx2", found.init_avx2) &&
                     find(handle, "init_mb_mgr_sse", found.init_sse);
  if (!whole) return missing(std::string(file) + " lacks a function of the library");
  // The manager below is a table of functions that later versions only make longer.
  if (found.version() < IMB_VERSION_NUM || found.version() >> 16 != IMB_VERSION_NUM >> 16)
    return missing(std::string(file) + " is of another version than " IMB_VERSION_STR);
  return found;
}

Status check_features(std::uint64_t features, Instructions wanted) {
  const auto has = [features](std::uint64_t all) { return (features & all) == all; };
  if (!has(IMB_FEATURE_SAFE_DATA | IMB_FEATURE_SAFE_PARAM))
    return missing("it was built to leave secrets behind in registers");
  if (!has(kNarrow)) return missing("this CPU has no AES instructions");
  if (wanted == Instructions::kAvx2 && !has(IMB_CPUFLAGS_AVX2))
    return missing("this CPU has no AVX2");
  if (wanted == Instructions::kWide && !has(IMB_CPUFLAGS_AVX512_T2))
    return missing("this CPU lacks VAES or AVX-512, and without them OpenSSL is as good");
  return {};
}

void init(const Library& library, IMB_MGR* manager, Instructions wanted) {
  if (wanted == Instructions::kAvx2) return library.init_avx2(manager);
  if (wanted == Instructions::kSse) return library.init_sse(manager);
  library.init_best(manager, nullptr);
}

}  // namespace

Result<IpsecMb> IpsecMb::load(Instructions instructions, const char* file) {
  const auto library = open_library(file);
  if (!library) return tl::unexpected(library.error());
  if (auto fit = check_features(library->features(), instructions); !fit)
    return tl::unexpected(fit.error());
  // The manager schedules jobs, of which there are none here: it goes when its table was read.
  const std::unique_ptr<IMB_MGR, decltype(library->free)> manager(library->make(0), library->free);
  if (!manager) throw std::bad_alloc();
  init(*library, manager.get(), instructions);
  if (manager->imb_errno != 0 || (manager->features & IMB_FEATURE_SELF_TEST_PASS) == 0)
    return missing("it failed its own self-test");
  const GcmFunctions aes128{manager->gcm128_pre,          manager->gcm128_enc,
                            manager->gcm128_dec,          manager->gcm128_init,
                            manager->gcm128_enc_update,   manager->gcm128_dec_update,
                            manager->gcm128_enc_finalize, manager->gcm128_dec_finalize};
  const GcmFunctions aes256{manager->gcm256_pre,          manager->gcm256_enc,
                            manager->gcm256_dec,          manager->gcm256_init,
                            manager->gcm256_enc_update,   manager->gcm256_dec_update,
                            manager->gcm256_enc_finalize, manager->gcm256_dec_finalize};
  return IpsecMb(std::make_shared<const GcmFunctions>(aes128),
                 std::make_shared<const GcmFunctions>(aes256));
}

namespace {

const gcm_key_data* schedule_in(const std::uint8_t* bytes) {
  return reinterpret_cast<const gcm_key_data*>(bytes);
}
gcm_context_data* state_in(std::uint8_t* bytes) {
  return reinterpret_cast<gcm_context_data*>(bytes);
}

}  // namespace

GcmKey::GcmKey(const GcmFunctions& functions, ByteView key) : functions_(&functions) {
  static_assert(sizeof(gcm_key_data) <= kScheduleSize && sizeof(gcm_context_data) <= kStateSize);
  functions_->expand(key.data(), reinterpret_cast<gcm_key_data*>(schedule_.data()));
}

GcmKey::~GcmKey() {
  wipe(schedule_);
  wipe(state_);
}

void GcmKey::seal(const Nonce& nonce, ByteView plain, std::uint8_t* sealed,
                  std::span<std::uint8_t, kAeadTagSize> tag) {
  functions_->seal(schedule_in(schedule_.data()), state_in(state_.data()), sealed, plain.data(),
                   plain.size(), nonce.data(), nullptr, 0, tag.data(), tag.size());
}

bool GcmKey::open(const Nonce& nonce, ByteView sealed, std::uint8_t* plain,
                  std::span<const std::uint8_t, kAeadTagSize> tag) {
  // A call that the library refuses leaves the tag as it was: this one never matches.
  std::array<std::uint8_t, kAeadTagSize> expected{};
  std::ranges::transform(tag, expected.begin(),
                         [](std::uint8_t b) { return static_cast<std::uint8_t>(~b); });
  functions_->open(schedule_in(schedule_.data()), state_in(state_.data()), plain, sealed.data(),
                   sealed.size(), nonce.data(), nullptr, 0, expected.data(), expected.size());
  return equal_constant_time(expected, tag);
}

void GcmKey::begin(const Nonce& nonce, ByteView associated) {
  functions_->begin(schedule_in(schedule_.data()), state_in(state_.data()), nonce.data(),
                    associated.data(), associated.size());
}

void GcmKey::update(Way way, ByteView in, std::uint8_t* out) {
  if (in.empty()) return;
  const auto some = way == Way::kSeal ? functions_->seal_some : functions_->open_some;
  some(schedule_in(schedule_.data()), state_in(state_.data()), out, in.data(), in.size());
}

void GcmKey::finish(Way way, std::span<std::uint8_t, kAeadTagSize> tag) {
  const auto end = way == Way::kSeal ? functions_->end_seal : functions_->end_open;
  end(schedule_in(schedule_.data()), state_in(state_.data()), tag.data(), tag.size());
}

}  // namespace kerros::crypto
