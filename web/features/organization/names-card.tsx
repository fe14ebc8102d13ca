/** The organization's name, and the brand that customers read in signatures. */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { signatureOf } from '../../../src/modules/rentals/contract.ts';
import { fieldText } from '../../lib/form-fields.ts';
import { useForm } from '../../lib/use-form.ts';
import { CardForm } from '../../ui/card-form.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { toast } from '../../ui/toast.tsx';
import { useMe } from '../shell/use-me.ts';
import { changeOrganization, type OrganizationSettings } from './queries.ts';

export function NamesCard({ settings }: { settings: OrganizationSettings }) {
  const client = useQueryClient();
  const { user } = useMe();
  const [name, setName] = useState(settings.name);
  const [brand, setBrand] = useState(settings.brand_name ?? '');
  const shownBrand = brand.trim() || settings.install_brand_name;
  const form = useForm(
    (data) => ({
      name: fieldText(data, 'name') ? null : 'Enter the name of your organization.',
      brand_name: /[{}]/u.test(fieldText(data, 'brand_name')) ? 'A brand has no braces in it.' : null,
    }),
    async (data) => {
      await changeOrganization(client, {
        name: fieldText(data, 'name'),
        brand_name: fieldText(data, 'brand_name') || null,
      });
      toast('The settings are saved.');
    },
  );
  const isSame = name.trim() === settings.name && brand.trim() === (settings.brand_name ?? '');
  return (
    <CardForm form={form} title="Names" unchanged={isSame}>
      <TextField
        label="Name of the organization"
        maxLength={255}
        {...form.keptField('name', name, setName)}
        help="Colleagues see it, and whoever you invite."
      />
      <TextField
        label="Brand"
        maxLength={60}
        placeholder={settings.install_brand_name}
        {...form.keptField('brand_name', brand, setBrand)}
        help={`Customers read it on shared numbers: “${signatureOf({ name: user.name, own: null }, shownBrand)}”`}
      />
    </CardForm>
  );
}
