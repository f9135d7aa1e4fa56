//! A phone with an authenticator app that shares no line with the product: RFC 6238 by RFC 4226, written out.
use platform::clock::Moment;
use ring::hmac;

/// What a phone was told.
#[derive(Clone, Debug)]
pub struct Phone {
    /// In base 32, blanks between.
    pub secret: String,
}

impl Phone {
    /// The six digits that it shows at a moment.
    pub fn code(&self, at: Moment) -> String {
        let counter = (at.unix_seconds() / 30).to_be_bytes();
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &of_base32(&self.secret));
        let tag = hmac::sign(&key, &counter);
        let tag = tag.as_ref();
        let from = usize::from(tag[19] & 15);
        let four: [u8; 4] = tag[from..from + 4].try_into().unwrap();
        format!("{:06}", (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000)
    }
}

fn of_base32(text: &str) -> Vec<u8> {
    let letters = text.bytes().filter(u8::is_ascii_alphanumeric);
    let bits = letters.flat_map(|letter| {
        let value = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".iter().position(|known| *known == letter).unwrap();
        (0..5).rev().map(move |bit| value >> bit & 1 == 1)
    });
    let bits: Vec<bool> = bits.collect();
    bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |all, bit| all << 1 | u8::from(*bit))).collect()
}

#[test]
fn it_is_the_standards() {
    let phone = Phone { secret: "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ".to_owned() };
    assert_eq!(phone.code(Moment::from_unix_seconds(59)), "287082");
    assert_eq!(phone.code(Moment::from_unix_seconds(1_111_111_109)), "081804");
}
