/** What Switchboard writes by itself, in the languages it can write in. An organization may put words of its own in place of the notice. Pure. */
import type { Language } from '../crm/consent-words.ts';

/** {brand} is who writes. */
type Texts = {
  notice: string;
  opted_out: string;
  opted_in: string;
  question: { body: string; button: string; else: string; elseHint: string };
};

const TEXTS: Record<Language, Texts> = {
  en: {
    notice:
      'Thank you for your message. {brand} will see who can help you, and somebody will answer as soon as possible.',
    opted_out: 'You will get no more messages from {brand}. Write START if you change your mind.',
    opted_in: 'You will get messages from {brand} again. Write STOP at any time to end them.',
    question: {
      body: 'Who is this for? Your message waits until you choose.',
      button: 'Choose',
      else: 'Somebody else',
      elseHint: 'We will find out',
    },
  },
  de: {
    notice:
      'Danke für Ihre Nachricht. {brand} klärt, wer Ihnen helfen kann; jemand antwortet so bald wie möglich.',
    opted_out:
      'Sie erhalten keine Nachrichten mehr von {brand}. Schreiben Sie START, wenn Sie es sich anders überlegen.',
    opted_in: 'Sie erhalten wieder Nachrichten von {brand}. Mit STOPP beenden Sie das jederzeit.',
    question: {
      body: 'Für wen ist das? Ihre Nachricht wartet, bis Sie wählen.',
      button: 'Wählen',
      else: 'Jemand anderes',
      elseHint: 'Wir finden es heraus',
    },
  },
  fr: {
    notice:
      'Merci pour votre message. {brand} cherche qui peut vous aider ; quelqu’un vous répondra dès que possible.',
    opted_out: 'Vous ne recevrez plus de messages de {brand}. Écrivez START si vous changez d’avis.',
    opted_in:
      'Vous recevrez de nouveau les messages de {brand}. Écrivez STOP à tout moment pour les arrêter.',
    question: {
      body: 'À qui s’adresse votre message ? Il attend votre choix.',
      button: 'Choisir',
      else: 'Quelqu’un d’autre',
      elseHint: 'Nous chercherons',
    },
  },
  es: {
    notice:
      'Gracias por su mensaje. {brand} verá quién puede ayudarle y alguien le responderá lo antes posible.',
    opted_out: 'No recibirá más mensajes de {brand}. Escriba START si cambia de opinión.',
    opted_in:
      'Volverá a recibir mensajes de {brand}. Escriba STOP en cualquier momento para dejar de recibirlos.',
    question: {
      body: '¿Para quién es? Su mensaje espera hasta que elija.',
      button: 'Elegir',
      else: 'Otra persona',
      elseHint: 'Lo averiguaremos',
    },
  },
  pt: {
    notice:
      'Obrigado pela sua mensagem. {brand} verá quem pode ajudar e alguém responderá assim que possível.',
    opted_out: 'Você não receberá mais mensagens de {brand}. Escreva START se mudar de ideia.',
    opted_in: 'Você voltará a receber mensagens de {brand}. Escreva STOP a qualquer momento para parar.',
    question: {
      body: 'Para quem é? A sua mensagem espera até escolher.',
      button: 'Escolher',
      else: 'Outra pessoa',
      elseHint: 'Vamos descobrir',
    },
  },
  it: {
    notice: 'Grazie del messaggio. {brand} vedrà chi può aiutarla e qualcuno risponderà appena possibile.',
    opted_out: 'Non riceverà più messaggi da {brand}. Scriva START se cambia idea.',
    opted_in:
      'Riceverà di nuovo i messaggi di {brand}. Scriva STOP in qualsiasi momento per non riceverli più.',
    question: {
      body: 'Per chi è? Il messaggio aspetta la sua scelta.',
      button: 'Scegli',
      else: 'Qualcun altro',
      elseHint: 'Lo scopriremo',
    },
  },
  nl: {
    notice: 'Bedankt voor uw bericht. {brand} kijkt wie u kan helpen; iemand antwoordt zo snel mogelijk.',
    opted_out: 'U ontvangt geen berichten meer van {brand}. Schrijf START als u van gedachten verandert.',
    opted_in: 'U ontvangt weer berichten van {brand}. Schrijf STOP om ze te beëindigen.',
    question: {
      body: 'Voor wie is dit? Uw bericht wacht tot u kiest.',
      button: 'Kiezen',
      else: 'Iemand anders',
      elseHint: 'Wij zoeken het uit',
    },
  },
  hi: {
    notice: 'आपके संदेश के लिए धन्यवाद। {brand} देखेगा कि कौन आपकी मदद कर सकता है; जल्द से जल्द उत्तर दिया जाएगा।',
    opted_out: 'अब आपको {brand} से संदेश नहीं मिलेंगे। फिर से पाने के लिए START लिखें।',
    opted_in: 'आपको {brand} से फिर संदेश मिलेंगे। बंद करने के लिए कभी भी STOP लिखें।',
    question: {
      body: 'यह किसके लिए है? आपके चुनने तक संदेश प्रतीक्षा करेगा।',
      button: 'चुनें',
      else: 'कोई और',
      elseHint: 'हम पता करेंगे',
    },
  },
  ar: {
    notice: 'شكرًا على رسالتك. سينظر {brand} في من يمكنه مساعدتك، وسيجيبك أحدهم في أقرب وقت ممكن.',
    opted_out: 'لن تصلك رسائل أخرى من {brand}. اكتب START إذا غيّرت رأيك.',
    opted_in: 'ستصلك رسائل {brand} من جديد. اكتب STOP في أي وقت لإيقافها.',
    question: {
      body: 'لمن هذه الرسالة؟ ستنتظر رسالتك حتى تختار.',
      button: 'اختيار',
      else: 'شخص آخر',
      elseHint: 'سنعرف من هو',
    },
  },
  tr: {
    notice:
      'Mesajınız için teşekkürler. {brand} size kimin yardımcı olabileceğine bakacak; en kısa sürede yanıt verilecek.',
    opted_out: '{brand} artık size mesaj göndermeyecek. Fikrinizi değiştirirseniz START yazın.',
    opted_in: '{brand} size yeniden mesaj gönderecek. Durdurmak için istediğiniz zaman STOP yazın.',
    question: {
      body: 'Bu kimin için? Mesajınız seçiminizi bekliyor.',
      button: 'Seç',
      else: 'Başka biri',
      elseHint: 'Biz buluruz',
    },
  },
};

/** The texts that have standard words in every language. */
export type StandardText = 'notice' | 'opted_out' | 'opted_in';

/** One pass and no replacement patterns: a brand may hold $& itself. */
export function fillBrand(text: string, brand: string): string {
  return text.replace(/\{brand\}/g, () => brand);
}

/** The standard words, with the brand filled in. */
export function standardText(kind: StandardText, language: Language, brand: string): string {
  return fillBrand(TEXTS[language][kind], brand);
}

/** Somebody whom a renter may mean, by what they rent. */
export type Landlord = { userId: string; name: string; property: string };

/** Before a landlord's id in what the customer's choice carries back. */
const ROW = 'landlord:';
/** What the choice of nobody in the list carries back. */
export const ELSE_ROW = `${ROW}else`;
/** What the choice of a landlord carries back. */
export const rowOf = (userId: string) => `${ROW}${userId}`;
/** Whether a choice is one of the question's. */
export const isLandlordRow = (rowId: string) => rowId.startsWith(ROW);

/** Meta's limits of a list (Cloud API, "Interactive list messages"): ten rows, 24 characters of a title, 72 of a description. */
const MOST_ROWS = 10;
const LONGEST_TITLE = 24;
const LONGEST_DESCRIPTION = 72;

/** As the limit counts; what is cut off ends with an ellipsis. */
function cut(text: string, most: number): string {
  const letters = Array.from(text.trim());
  return letters.length <= most
    ? letters.join('')
    : `${letters
        .slice(0, most - 1)
        .join('')
        .trimEnd()}…`;
}

/**
 * The question whom somebody means, as Meta takes it, and as a person reads it. The last row is for everybody who is not in the list:
 * of more landlords than fit, the first nine are in it.
 */
export function landlordQuestion(
  landlords: readonly Landlord[],
  language: Language,
): { text: string; interactive: Record<string, unknown> } {
  const { body, button, else: other, elseHint } = TEXTS[language].question;
  const rows = landlords.slice(0, MOST_ROWS - 1).map(({ userId, name, property }) => {
    const description = cut(property, LONGEST_DESCRIPTION);
    return {
      id: rowOf(userId),
      title: cut(name, LONGEST_TITLE) || '…',
      ...(description ? { description } : {}),
    };
  });
  const last = { id: ELSE_ROW, title: other, description: elseHint };
  return {
    text: body,
    interactive: {
      type: 'list',
      body: { text: body },
      action: { button, sections: [{ rows: [...rows, last] }] },
    },
  };
}
